// Pure: what an import gives: files in our shape, and a list of what they do not say.

import type { FileName } from '../configuration.js'

/** Something of the source that the files do not say, or say in another way. */
export interface ImportNote {
  /** JSON path in the source, such as `$.data[0].traffic_type`; for a client's file with the file's name before it. */
  readonly path: string
  /** Why, in words, without a full stop. */
  readonly reason: string
}

/** Files of the client's directory with their content, which is not checked yet, and what was left out or changed. */
export interface Imported {
  readonly files: Readonly<Partial<Record<FileName, unknown>>>
  readonly notes: readonly ImportNote[]
}
