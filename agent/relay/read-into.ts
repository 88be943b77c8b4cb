/**
 * Reading a socket into memory of our own. `net` can do it (option `onread`) and it is the largest single gain on every
 * path: no Buffer allocated per read, no stream machinery. But the option exists only for sockets we dial, before they
 * connect; accepted sockets, TLS server sockets and sockets that were sniffed first need it as much. So this file sets,
 * on a living socket, exactly what `onread` sets: three symbols of net.Socket and the handle's `useUserBuffer`. They are
 * undocumented, unchanged since Node 12, and looked up by name: where anything is missing (another stream, another
 * runtime) the ordinary 'data' events serve, only slower. Both ways are tested by the same cases.
 */

import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Where received bytes go. */
export interface ReadTarget {
  /** Memory for the next read; asked before each one. */
  buffer(): Uint8Array
  /** Takes `length` bytes at the front of `buffer`; false pauses the stream until `resume()`. */
  received(length: number, buffer: Uint8Array): boolean
}

type SymbolName = 'kBuffer' | 'kBufferCb' | 'kBufferGen'
interface Handle {
  useUserBuffer?(buffer: Uint8Array): void
}

const symbols = new Map<SymbolName, symbol>()
for (const symbol of Object.getOwnPropertySymbols(new Socket()))
  if (symbol.description === 'kBuffer' || symbol.description === 'kBufferCb' || symbol.description === 'kBufferGen')
    symbols.set(symbol.description, symbol)

/** Whether sockets can be read into our own memory on this runtime. */
export const READS_IN_PLACE = symbols.size === 3

/**
 * Starts reading `stream` into `target`, after any bytes already waiting in the stream's own queue (they go to the
 * target first, copied); `wanted` false leaves it paused until `resume()`. Call it once per stream; 'end', 'error' and
 * 'close' are emitted as usual.
 */
export function readInto(stream: Duplex, target: ReadTarget, wanted = true): void {
  stream.pause()
  while (wanted) {
    const waiting = stream.read() as Buffer | null
    if (waiting === null) break
    wanted = feed(stream, waiting, target)
  }
  const inPlace = wanted && readInPlace(stream, target)
  if (!inPlace)
    stream.on('data', (chunk: Buffer) => {
      if (feed(stream, chunk, target)) readInPlace(stream, target)
    })
  if (wanted) stream.resume()
}

/**
 * Lets a socket read into the target's memory from now on, and emit no more 'data'. Not while its own queue holds bytes:
 * those come first. Returns whether it does.
 */
function readInPlace(stream: Duplex, target: ReadTarget): boolean {
  if (!READS_IN_PLACE || !(stream instanceof Socket) || stream.readableLength > 0) return false
  const { _handle: handle } = stream as unknown as { readonly _handle?: Handle | null }
  if (typeof handle?.useUserBuffer !== 'function') return false
  const first = target.buffer()
  const slots = stream as unknown as Record<symbol, unknown>
  slots[symbols.get('kBuffer')!] = first
  slots[symbols.get('kBufferGen')!] = () => target.buffer()
  slots[symbols.get('kBufferCb')!] = (length: number, buffer: Uint8Array) => target.received(length, buffer)
  handle.useUserBuffer(first)
  return true
}

/**
 * Copies a chunk the stream made into the target's memory, piece by piece. What the target does not want yet goes back
 * into the stream, which is paused first: out of a flowing one it would come again at once.
 */
function feed(stream: Duplex, chunk: Buffer, target: ReadTarget): boolean {
  for (let at = 0; at < chunk.length; ) {
    const buffer = target.buffer()
    const part = chunk.subarray(at, at + buffer.length)
    buffer.set(part)
    at += part.length
    if (target.received(part.length, buffer)) continue
    stream.pause()
    if (at < chunk.length) stream.unshift(chunk.subarray(at))
    return false
  }
  return true
}
