/** A small resolver on loopback, UDP and TCP on one port, whose answers a test writes itself: raw bytes, nothing parsed. */

import dgram from 'node:dgram'
import { once } from 'node:events'
import net from 'node:net'
import type { Endpoint } from '../../agent/steering/flow.js'

/** The messages to send for a query; none = silence. They go out as they are, after a query's ID was put in by the test. */
export type Answerer = (query: Buffer, transport: 'udp' | 'tcp') => readonly Buffer[] | Promise<readonly Buffer[]>

/** A running resolver; `queries` are all it was asked, as they arrived. */
export interface TestUpstream {
  readonly endpoint: Endpoint
  readonly queries: { readonly bytes: Buffer; readonly transport: 'udp' | 'tcp'; readonly port: number }[]
  close(): void
}

/** Starts one on 127.0.0.1 with a port free for UDP and TCP. */
export async function startTestUpstream(answer: Answerer): Promise<TestUpstream> {
  const queries: TestUpstream['queries'] = []
  const { datagrams, streams } = await bindPair()
  const sockets = new Set<net.Socket>()
  datagrams.on('error', () => {})
  datagrams.on('message', async (bytes, from) => {
    queries.push({ bytes, transport: 'udp', port: from.port })
    for (const message of await answer(bytes, 'udp')) {
      if (open) datagrams.send(message, from.port, from.address)
    }
  })
  streams.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let received = Buffer.alloc(0)
    socket.on('data', async (chunk) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const bytes = received.subarray(2, 2 + received.readUInt16BE(0))
        received = received.subarray(2 + bytes.length)
        queries.push({ bytes, transport: 'tcp', port: socket.remotePort ?? 0 })
        for (const message of await answer(bytes, 'tcp')) {
          const length = Buffer.alloc(2)
          length.writeUInt16BE(message.length)
          socket.write(Buffer.concat([length, message]))
        }
      }
    })
  })
  let open = true
  const close = (): void => {
    if (!open) return
    open = false
    datagrams.close()
    streams.close()
    for (const socket of sockets) socket.destroy()
  }
  return { endpoint: { ip: '127.0.0.1', port: datagrams.address().port }, queries, close }
}

async function bindPair(): Promise<{ datagrams: dgram.Socket; streams: net.Server }> {
  for (;;) {
    const datagrams = dgram.createSocket('udp4').bind(0, '127.0.0.1')
    await once(datagrams, 'listening')
    const streams = net.createServer({ allowHalfOpen: false })
    try {
      streams.listen(datagrams.address().port, '127.0.0.1')
      await once(streams, 'listening')
      return { datagrams, streams }
    } catch {
      datagrams.close()
    }
  }
}
