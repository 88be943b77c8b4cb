/**
 * Reads the first bytes of a flow until they tell what it is, for verdicts that depend on the host when only the address
 * is known. No byte is lost: what was read comes back as `head`, the rest stays in the socket. The end of input may be
 * used up, though, as on every paused socket: net emits 'end' as soon as nothing is left to read, listened to or not.
 * Whoever goes on with the socket must look at `readableEnded` first.
 */

import type { Duplex } from 'node:stream'
import { parseClientHello } from '../steering/client-hello.js'
import type { Sniffed } from '../steering/flow.js'
import { parseHttpHead } from '../steering/http-head.js'

/** How far to look: whichever comes first. */
export interface SniffLimits {
  readonly bytes: number
  /** Also how long a protocol in which the server speaks first is held up, in ms. */
  readonly ms: number
}

/** What was found. `host` is '' where the bytes name none; `head` is every byte read, to be sent on first. */
export interface SniffResult {
  readonly sniffed: Exclude<Sniffed, 'no'>
  readonly host: string
  readonly head: Buffer
}

type Finding = Omit<SniffResult, 'head'>

const OPAQUE: Finding = { sniffed: 'opaque', host: '' }

/** What `bytes` are, as far as they tell; undefined while more of them could. */
function recognize(bytes: Uint8Array): Finding | undefined {
  const hello = parseClientHello(bytes)
  if (typeof hello === 'object') return { sniffed: 'tls', host: hello.sni }
  const request = parseHttpHead(bytes)
  if (typeof request === 'object') return { sniffed: 'http', host: request.host }
  return hello === 'not-tls' && request === 'not-http' ? OPAQUE : undefined
}

/**
 * Sniffs a paused socket that has an error listener; it is paused again afterwards. `head` is what came with the flow.
 * Never rejects: limits, the end of input and a destroyed socket all answer `opaque`.
 */
export async function sniff(socket: Duplex, head: Uint8Array, limits: SniffLimits): Promise<SniffResult> {
  let read = Buffer.from(head.buffer, head.byteOffset, head.length)
  let found = recognize(read)
  if (found === undefined && !socket.readableEnded && !socket.destroyed)
    found = await new Promise<Finding>((resolve) => {
      const finish = (finding: Finding) => {
        clearTimeout(timer)
        socket.pause()
        socket.off('data', look)
        socket.off('end', giveUp)
        socket.off('close', giveUp)
        resolve(finding)
      }
      const giveUp = () => finish(OPAQUE)
      const look = (chunk: Buffer) => {
        read = Buffer.concat([read, chunk])
        const finding = recognize(read) ?? (read.length >= limits.bytes ? OPAQUE : undefined)
        if (finding !== undefined) finish(finding)
      }
      const timer = setTimeout(giveUp, limits.ms)
      socket.on('data', look)
      socket.once('end', giveUp)
      socket.once('close', giveUp)
      socket.resume()
    })
  return { ...(found ?? OPAQUE), head: read }
}
