/** Real ClientHellos, made by TLS clients that are not ours, and the same cut into other TLS records. */

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { listening } from './loopback.js'

const RECORD_HEADER = 5

/** The bytes `client` sends first to the port it is given: all records of its ClientHello. */
export async function helloOf(client: (port: number) => () => void): Promise<Buffer> {
  const server = createServer()
  const { port, close } = await listening(server)
  const hello = new Promise<Buffer>((resolve) => {
    server.once('connection', (socket) => {
      let bytes = Buffer.alloc(0)
      socket.on('data', (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk])
        const message = handshakeOf(bytes)
        if (message.length >= 4 && message.length >= 4 + message.readUIntBE(1, 3)) resolve(bytes)
      })
    })
  })
  const stop = client(port)
  try {
    return await hello
  } finally {
    stop()
    await close()
  }
}

/** A ClientHello of node:tls. */
export function nodeHello(servername: string, protocols: readonly string[]): Promise<Buffer> {
  return helloOf((port) => {
    const socket = connectTls({ port, host: '127.0.0.1', servername, ALPNProtocols: [...protocols] })
    socket.on('error', () => {})
    return () => socket.destroy()
  })
}

/** A ClientHello of a command that is given the port, such as curl or openssl. */
export function commandHello(command: string, args: (port: number) => readonly string[]): Promise<Buffer> {
  return helloOf((port) => {
    const child = spawn(command, args(port), { stdio: ['pipe', 'ignore', 'ignore'] })
    return () => child.kill()
  })
}

/** What the records carry, without their headers. */
export function handshakeOf(records: Buffer): Buffer {
  const fragments: Buffer[] = []
  for (let at = 0; at + RECORD_HEADER <= records.length; ) {
    const length = records.readUInt16BE(at + 3)
    fragments.push(records.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length))
    at += RECORD_HEADER + length
  }
  return Buffer.concat(fragments)
}

/** The same handshake bytes in records of at most `size` bytes. */
export function inRecords(handshake: Buffer, size: number): Buffer {
  const records: Buffer[] = []
  for (let at = 0; at < handshake.length; at += size) {
    const fragment = handshake.subarray(at, at + size)
    records.push(Buffer.from([22, 3, 1, fragment.length >> 8, fragment.length & 255]), fragment)
  }
  return Buffer.concat(records)
}

/** The hello of `records` with one more extension at its end (RFC 8446 4.1.2), in one record. */
export function withExtension(records: Buffer, type: number, data: Uint8Array): Buffer {
  const message = handshakeOf(records)
  // Type and length, version and random; then session id, cipher suites and compression methods, each after its length.
  let at = 4 + 2 + 32
  at += 1 + message.readUInt8(at)
  at += 2 + message.readUInt16BE(at)
  at += 1 + message.readUInt8(at)
  const head = Buffer.alloc(4)
  head.writeUInt16BE(type)
  head.writeUInt16BE(data.length, 2)
  const longer = Buffer.concat([message, head, data])
  longer.writeUIntBE(longer.length - 4, 1, 3)
  longer.writeUInt16BE(longer.length - at - 2, at)
  return inRecords(longer, 16_384)
}
