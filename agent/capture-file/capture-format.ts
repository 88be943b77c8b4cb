// Pure: what the two formats of capture files have in common: a head, then one block a packet, each as long as it says.

import type { BlockMemory } from './block-memory.js'

/** Where packets were seen: a door of the agent, the tunnel. */
export interface CaptureInterface {
  readonly name: string
  readonly description: string
}

/** What the head of a file says. */
export interface CaptureHead {
  /** Index = interface id. */
  readonly interfaces: readonly CaptureInterface[]
  /** Where the packets come from; pcapng only. */
  readonly comment: string
  /** Program and version, as `steerlab 0.1.0`; pcapng only. */
  readonly application: string
  readonly os: string
  /** Bytes kept of a packet, from its link header on; 262,144 = all. */
  readonly snapLength: number
}

/** What a packet is besides its bytes. */
export interface PacketFacts {
  readonly interfaceId: number
  /** Microseconds since 1970. */
  readonly atUs: number
  readonly outbound: boolean
  readonly comment?: string | undefined
}

/** What became of an interface's packets. */
export interface InterfaceCounts {
  taken: number
  dropped: number
}

/** One format. */
export interface CaptureFormat {
  /** What every file begins with. */
  readonly head: Uint8Array
  /** Bytes of a block ahead of its packet. */
  readonly packetAt: number
  /** A comment as it is written, or as much as has room; empty where the format has no place for it. */
  comment(text: string): Uint8Array
  /** Length of a packet's block, bytes. */
  blockBytes(kept: number, commentBytes: number): number
  /**
   * Completes the block at `at`, whose packet is written already: `kept` bytes of the `original` ones, and the comment as
   * `comment` has made it. Arguments, no object: this is done a million times a second.
   */
  writeAround(
    memory: BlockMemory,
    at: number,
    facts: PacketFacts,
    kept: number,
    original: number,
    comment: Uint8Array,
  ): void
  /** TLS secrets, ahead of the packets that they open; undefined where the format has no place for them. */
  secrets(keyLog: Uint8Array): Uint8Array | undefined
  /** What a file ends with; `atUs` is the time of the last packet. */
  tail(atUs: number, counts: readonly InterfaceCounts[]): Uint8Array
  /** Length of the whole block at `at`, as it says. */
  lengthOfBlock(view: DataView, at: number): number
}
