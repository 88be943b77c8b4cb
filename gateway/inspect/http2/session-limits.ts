/** The bounds of HTTP/2 sessions, the client's and the origin's. */

import type { ClientSessionOptions, ServerSessionOptions, SessionOptions, Settings } from 'node:http2'

/**
 * Exchanges at once of one client; browsers use 100, and RFC 9113 6.5.2 advises against less. With the window of a stream
 * this bounds what a client that does not read can make us hold: 128 MiB.
 */
export const MAX_STREAMS = 128

/** What a peer may send of one body before we have passed it on, bytes: 20 MB/s at 50 ms. */
const STREAM_WINDOW_BYTES = 1024 * 1024

/** What may be on its way to us of all bodies of a session, bytes. node counts it as read when it has come. */
export const SESSION_WINDOW_BYTES = 4 * STREAM_WINDOW_BYTES

/**
 * The largest head, uncompressed, bytes, each field counted with 32 bytes more (RFC 9113 6.5.2). node resets longer ones, but
 * only of a peer that has confirmed our settings: until then 16 MiB pass.
 */
export const MAX_HEAD_BYTES = 64 * 1024

/** The most fields of a head. Not node's 128: browsers send each cookie in a field of its own. */
const MAX_FIELDS = 1024

/** What a session may hold of unsent frames and of tables before new streams are refused, MB. */
const MAX_SESSION_MB = 32

const COMMON: SessionOptions = {
  maxHeaderListPairs: MAX_FIELDS,
  maxSessionMemory: MAX_SESSION_MB,
  // Room for what we add to the largest head.
  maxSendHeaderBlockLength: 2 * MAX_HEAD_BYTES,
}

const SETTINGS: Settings = { initialWindowSize: STREAM_WINDOW_BYTES, maxHeaderListSize: MAX_HEAD_BYTES }

/** Of the session with the client. Floods of pings, settings and empty frames are bounded by node's and nghttp2's defaults. */
export const CLIENT_SESSION: ServerSessionOptions = {
  settings: { ...SETTINGS, maxConcurrentStreams: MAX_STREAMS },
  ...COMMON,
}

/** Of a session with the origin. Pushed answers would come without a request to judge: none are taken. */
export const ORIGIN_SESSION: ClientSessionOptions = {
  settings: { ...SETTINGS, enablePush: false },
  ...COMMON,
}
