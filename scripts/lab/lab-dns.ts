/**
 * The lab's name server: dns2's UDP and TCP servers on one loopback port, answering from the zone. Malformed messages are
 * dropped or answered FORMERR; nothing that a client sends throws, rejects or stalls it.
 */

import { Socket } from 'node:net'
import { createTCPServer, createUDPServer, type DnsHandler, type UDPServer } from 'dns2'
import { answerQuery } from './dns-answer.js'
import { type Listener, listenOnLoopback } from './listen.js'
import type { ZoneIndex } from './zone-lookup.js'

/** UDP gives the port; TCP may find just that one taken, then both move on. */
const PORT_ATTEMPTS = 10
/** A client that sends queries over TCP and never reads the answers is cut off at this much. */
const UNREAD_ANSWERS_BYTES = 1_048_576
const MOST_CONNECTIONS = 512

/** Starts the server on 127.0.0.1; `port` serves UDP and TCP. Rejects with the system's error when no port is free. */
export async function startLabDns(zone: ZoneIndex): Promise<Listener> {
  const handler = handlerFor(zone)
  for (let attempt = 1; ; attempt++) {
    const udp = createUDPServer(handler)
    const port = await bindUdp(udp)
    const tcp = createTCPServer(handler)
    tcp.maxConnections = MOST_CONNECTIONS
    try {
      const listener = await listenOnLoopback(tcp, port)
      return {
        port,
        async close() {
          await Promise.all([listener.close(), closeUdp(udp)])
        },
      }
    } catch (error) {
      await closeUdp(udp)
      if (attempt === PORT_ATTEMPTS) throw error
    }
  }
}

function handlerFor(zone: ZoneIndex): DnsHandler {
  return (request, send, client) => {
    const response = answerQuery(zone, request)
    if (response === undefined) return
    if (client instanceof Socket && client.writableLength > UNREAD_ANSWERS_BYTES) {
      client.destroy()
      return
    }
    // dns2 catches what throws in here. What it does not catch: its UDP side gives a promise (TCP nothing) that rejects
    // when the datagram cannot be sent, which is the client's loss alone.
    Promise.resolve(send(response)).catch(() => {})
  }
}

async function bindUdp(udp: UDPServer): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    udp.once('error', reject)
    udp.bind({ address: '127.0.0.1', port: 0 }, () => {
      udp.off('error', reject)
      // A late ICMP error of an earlier answer; the socket stays usable.
      udp.on('error', () => {})
      resolve()
    })
  })
  return udp.address().port
}

function closeUdp(udp: UDPServer): Promise<void> {
  return new Promise((resolve) => udp.close(() => resolve()))
}
