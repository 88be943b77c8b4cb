// Pure: what a tunnel over DTLS needs of the encrypted link below it. Datagrams may be lost, doubled and overtaken.

/** What the user of a link hears; set once, before anything can arrive. */
export interface DatagramReceiver {
  /** One decrypted datagram; its memory is the receiver's. */
  datagram(bytes: Uint8Array): void
  /** The link is over: the peer said so, or a fault. Called once, also after `close`. */
  ended(reason: string): void
}

/** An authenticated, encrypted datagram link to one peer. */
export interface DatagramLink {
  /** Largest payload of one datagram, bytes. */
  readonly maxBytes: number
  /** Sends a datagram of at most `maxBytes`; it may be lost, and never throws. The memory is free when this returns. */
  send(bytes: Uint8Array): void
  /** Names who hears what arrives; datagrams that came before are delivered at once. */
  receive(receiver: DatagramReceiver): void
  /** Tells the peer (close_notify) and ends. */
  close(): void
}
