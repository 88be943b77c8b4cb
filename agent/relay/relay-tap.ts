/** What is told of a flow's bytes as they pass: to a packet capture, which rebuilds the packets from it. */

/** Who broke a flow off; the agent does so when it is idle for too long, or its tunnel has gone. */
export type ResetBy = 'application' | 'agent' | 'origin'

/** Told in the order things happen. Must not keep the memory it is shown, nor throw. */
export interface RelayTap {
  /** The application sent these bytes. */
  sent(bytes: Uint8Array): void
  /** These bytes were handed to the application. */
  received(bytes: Uint8Array): void
  /** The application sends no more. */
  sentEnd(): void
  /** The application was told that no more comes. */
  receivedEnd(): void
  /** A line of the TLS secrets of what was sent and received (the key log format); comes before the bytes. */
  keys?(line: Uint8Array): void
  /** The flow ended before both had ended in order. */
  reset(by: ResetBy): void
}
