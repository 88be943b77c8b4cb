/** Web servers on loopback, good and odd, one behaviour each. */

import { createServer, type Socket } from 'node:net'
import type { Test } from 'tap'
import { type Listening, listening } from './loopback.js'

/** What a server does with a connection whose request has come. */
export type WebBehaviour = (socket: Socket) => void

/** Answers with a status and a body, and closes. */
export function says(status: string, body = '', header = ''): WebBehaviour {
  return (socket) => socket.end(`HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\n${header}\r\n${body}`)
}

/** Sends a text as it is, and then nothing, or the same for ever. */
export function sends(text: string, again?: { readonly text: string; readonly everyMs: number }): WebBehaviour {
  return (socket) => {
    socket.write(text)
    if (again === undefined) return
    const timer = setInterval(() => socket.write(again.text), again.everyMs)
    socket.once('close', () => clearInterval(timer))
  }
}

/** Behaviours that are no whole answer of HTTP, each in words. */
export const NO_ANSWERS: ReadonlyArray<readonly [why: string, WebBehaviour]> = [
  ['says nothing', () => {}],
  ['hangs up', (socket) => socket.end()],
  ['resets', (socket) => socket.resetAndDestroy()],
  ['speaks no HTTP', (socket) => socket.end('220 mail ready\r\n')],
  ['sends bytes that mean nothing', (socket) => socket.end(Buffer.alloc(300, 0xe5))],
  ['hangs up in the head', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le')],
  ['never ends its head', sends('HTTP/1.1 200 OK\r\n', { text: 'x: y\r\n', everyMs: 10 })],
  ['has too long a head', (socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`)],
  ['only goes on', sends('HTTP/1.1 100 Continue\r\n\r\n')],
  ['upgrades unasked', sends('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')],
]

/** A listening server and the requests it has had. */
export interface WebPeer extends Listening {
  readonly requests: readonly string[]
}

/** Starts a server on 127.0.0.1; closed with the test. */
export async function webPeer(t: Test, behave: WebBehaviour): Promise<WebPeer> {
  const requests: string[] = []
  const server = createServer((socket) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      requests.push(text)
      behave(socket)
      text = ''
    })
  })
  const listener = await listening(server)
  t.teardown(listener.close)
  return { ...listener, requests }
}
