// Pure: the bounds all processes of a lab share, so that one place holds them.

import type { SniffLimits } from '../../agent/capture/sniff.js'
import type { KeepAlive } from '../../agent/tunnel/keep-alive.js'

/** How long a connection to an origin may take, ms: below the 10 s after which most programs give up by themselves. */
export const CONNECT_TIMEOUT_MS = 8000

/** Silence in both directions after which a flow ends, ms. Two hours: the kernel's own keep-alive default (tcp(7)). */
export const IDLE_MS = 2 * 60 * 60 * 1000

/** How a gateway looks after its sessions: one that says nothing for 25 s is gone. */
export const KEEP_ALIVE: KeepAlive = { pingAfterMs: 15_000, pongWithinMs: 10_000 }

/** Bounds of sniffing: a ClientHello is small and comes at once; a server that speaks first costs this wait. */
export const SNIFF: SniffLimits = { bytes: 64 * 1024, ms: 300 }
