/** Small origins for tests: an HTTP server that says what it was asked, and a raw server that echoes after the end. */

import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { type Listening, listening } from './loopback.js'

/** Answers every request with `METHOD URL HOST BODY-LENGTH` and keeps what it saw. */
export async function httpOrigin(): Promise<Listening & { readonly seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = []
  const server = createHttpServer((req, res) => {
    seen.push(req)
    let length = 0
    req.on('data', (chunk: Buffer) => {
      length += chunk.length
    })
    req.on('end', () => res.end(`${req.method} ${req.url} ${req.headers.host} ${length}`))
  })
  return { ...(await listening(server)), seen }
}

/** Reads until the client half-closes, then answers with what it read, in capitals, and half-closes too. */
export function echoAtEnd(): Promise<Listening> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
    })
    socket.on('end', () => socket.end(text.toUpperCase()))
  })
  return listening(server)
}

/** Says a line at once and ends its side, then reads on until the client ends, and answers that in `heard`. */
export async function speaksFirst(): Promise<Listening & { readonly heard: Promise<string> }> {
  let hear: (text: string) => void
  const heard = new Promise<string>((resolve) => {
    hear = resolve
  })
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = ''
    socket.end('220 ready\r\n')
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
    })
    socket.on('end', () => hear(text))
  })
  return { ...(await listening(server)), heard }
}
