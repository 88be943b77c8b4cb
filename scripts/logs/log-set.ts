/** A log as its files: what findLogs gives and what a report reads. */

/** One log, in one or several files. */
export interface LogSet {
  /** The name of its newest part. */
  readonly name: string
  /** Oldest first. */
  readonly parts: readonly LogPart[]
}

/** One file of a log, an entry of an archive, or standard input. */
export interface LogPart {
  /** Its path as the user gave it, for messages; an entry of an archive is `bundle.zip:Logs/nsdebuglog.log`. */
  readonly name: string
  /**
   * Its bytes, unpacked, in chunks of up to 1 MiB that belong to who asked. Files can be opened again, standard input
   * once. Iterating throws a user's mistake that names the part when it cannot be read to its end.
   */
  readonly open: () => AsyncIterable<Uint8Array>
}
