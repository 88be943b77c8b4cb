// Pure: what a packet capture is asked for, and what it says of itself. Two kinds, as of the real client (`nsdiag -c`,
// `nsdiag -p`): inner, before the tunnel, and outer, on the wire.

/** Which side of the tunnel. */
export type CaptureKind = 'inner' | 'outer'

/** How a capture is to be made; what is left out is as documented or as `CAPTURE_DEFAULTS` says. */
export interface CaptureRequest {
  /** Bare file name in the log directory. */
  readonly file?: string | undefined
  /** Bytes of a packet that are kept, from its Ethernet header on; left out, all. 14 to 262,144. */
  readonly snapLength?: number | undefined
  /** Size at which a file is full and the next one begins, bytes. */
  readonly maxBytes?: number | undefined
  /** Files kept: the newest has the name, the one before `.1` before its extension. At least 1. */
  readonly files?: number | undefined
  readonly format?: 'pcapng' | 'pcap' | undefined
  /** Inner: the secrets of flows that the gateway decrypts go into the file. */
  readonly keys?: boolean | undefined
  /** Outer: `kernel` = packets of the system, by dumpcap or tcpdump; `socket` = rebuilt; left out, whatever can be had. */
  readonly from?: 'kernel' | 'socket' | undefined
}

/** All of any packet, bytes: what tcpdump and Wireshark take at most. */
export const WHOLE_PACKET = 262_144

/** What holds where a request says nothing. */
export const CAPTURE_DEFAULTS = {
  inner: { file: 'nspktdump.pcap', maxBytes: 512 * 1024 * 1024, files: 2 },
  /** 10 MB is documented (nsdiag -p). */
  outer: { file: 'nsouterpkt.pcap', maxBytes: 10 * 1000 * 1000, files: 2 },
} as const

/** A capture that runs, or the last one of its kind. */
export interface CaptureReport {
  readonly kind: CaptureKind
  readonly running: boolean
  /** Full path. */
  readonly file: string
  /** ISO 8601. */
  readonly startedAt: string
  /** Where its packets come from, one sentence. */
  readonly source: string
  readonly packets: number
  /** Of the file, bytes written since the start. */
  readonly bytes: number
  /** Packets that the disk was too slow for. */
  readonly dropped: number
  /** Whether it holds TLS secrets. */
  readonly keys: boolean
  /** Why it stopped by itself (a full disk), '' otherwise. */
  readonly failure: string
}

/** Starts and stops them. */
export interface CaptureControl {
  /** Throws SteerError: `capture-running`, a user's mistake `bad-capture`, or `capture-failed` where the file cannot be made. */
  start(kind: CaptureKind, request: CaptureRequest): Promise<CaptureReport>
  /** Settles when the file is whole. Throws SteerError `no-capture`. */
  stop(kind: CaptureKind): Promise<CaptureReport>
  /** Those that run, and of the others the last one. */
  list(): readonly CaptureReport[]
  /** Settles when all that was seen so far is in the files. Never rejects. */
  flush(): Promise<void>
}
