/**
 * The native objects of one piece of work, freed when it is over, in the reverse order, however it ends. What OpenSSL
 * could not make is told in its own words.
 */

import { SteerError } from '../../errors.js'
import type { OpenSslCalls, Pointer } from './openssl.js'

/** Runs `work` with a scope that owns what is handed to it; frees all of that afterwards. */
export function withNative<T>(calls: OpenSslCalls, work: (scope: NativeScope) => T): T {
  const frees: (() => void)[] = []
  const keep = (object: Pointer, free: (object: Pointer) => void): Pointer => {
    if (object !== null) frees.push(() => free(object))
    return object
  }
  const own = (object: Pointer, free: (object: Pointer) => void, what: string): Pointer => {
    if (object === null) throw opensslFault(calls, what)
    return keep(object, free)
  }
  try {
    return work({ keep, own })
  } finally {
    for (const free of frees.reverse()) free()
    calls.ERR_clear_error()
  }
}

/** Owner of native objects for the time of some work. */
export interface NativeScope {
  /** Takes a new object, or NULL. */
  keep(object: Pointer, free: (object: Pointer) => void): Pointer
  /** Takes a new object; throws SteerError `dtls-credentials` when there is none: `what` was to be made. */
  own(object: Pointer, free: (object: Pointer) => void, what: string): Pointer
}

/** A fault with OpenSSL's reason for the last thing that went wrong; empties OpenSSL's list of errors. */
export function opensslFault(calls: OpenSslCalls, what: string): SteerError {
  return new SteerError('dtls-credentials', `${what}: ${opensslError(calls).text}`)
}

/** An entry of OpenSSL's list of errors. */
export interface OpenSslError {
  /** The reason's number; 1000 and more is 1000 + an alert the peer sent (<openssl/sslerr.h>). */
  readonly reason: number
  readonly text: string
}

/** The low bits of an error code (<openssl/err.h>, OpenSSL 3). */
const REASON_BITS = 0x7fffff

/**
 * Takes the oldest error, which is the cause of the later ones, and empties the list: it is shared with Node's own TLS
 * and crypto, which must not find our errors in it.
 */
export function opensslError(calls: OpenSslCalls): OpenSslError {
  const code = calls.ERR_get_error()
  const text = calls.ERR_reason_error_string(code) ?? 'no reason given'
  calls.ERR_clear_error()
  return { reason: Number(code) & REASON_BITS, text }
}
