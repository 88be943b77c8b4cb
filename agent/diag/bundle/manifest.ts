// Pure: manifest.json of a bundle: what is in it, what is not, and how to tell that nothing was changed.

import type { LeftOut } from './member.js'

/** One file of the bundle as it is in it. */
export interface ManifestMember {
  readonly name: string
  readonly bytes: number
  /** Lower-case hexadecimal. */
  readonly sha256: string
  /** A file's path, a command, the agent. */
  readonly from: string
  /** What was hidden: places in a JSON file, or a sentence. */
  readonly redactions: readonly string[]
  /** What the reader must know of it. */
  readonly remarks: readonly string[]
}

/** The last file of the bundle. */
export interface Manifest {
  readonly format: 'steerlab-bundle'
  /** Of this format. */
  readonly formatVersion: 1
  readonly steerlab: string
  /** ISO 8601, UTC: when saving began. */
  readonly createdAt: string
  /** Without a running agent the bundle holds files alone. */
  readonly agentRunning: boolean
  readonly members: readonly ManifestMember[]
  readonly leftOut: readonly LeftOut[]
}

/** Its name in the bundle. */
export const MANIFEST_NAME = 'manifest.json'
