/** A web site of the test's own behind the gateway, HTTP/1.1 and HTTP/2, and its clients over both. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { request as requestH1 } from 'node:http'
import { type ClientHttp2Session, connect, createSecureServer, type Http2SecureServer } from 'node:http2'
import type { Test } from 'tap'
import { type Inspected, inspectedLab } from './inspected.js'
import { listening } from './loopback.js'
import { OWN_ADDRESS, OWN_HOST } from './recording-origin.js'

/** The protocols. */
export const PROTOCOLS = ['http/1.1', 'h2'] as const
/** One of them. */
export type Protocol = (typeof PROTOCOLS)[number]

/** So that heads beyond all bounds leave who sends them. */
const LARGE_HEADS = { maxSendHeaderBlockLength: 4_000_000 }

/** The site and the gateway before it. */
export interface OwnSite {
  readonly lab: Inspected
  readonly server: Http2SecureServer
  /** Connections to the site that are open. */
  connections(): number
}

/** What one path does; the same for both protocols. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Starts it all; ended with the test. */
export async function ownSite(t: Test, paths: Readonly<Record<string, Handler>>): Promise<OwnSite> {
  let server!: Http2SecureServer
  let connections = () => 0
  const lab = await inspectedLab(t, {
    origins: async (leaves) => {
      server = createSecureServer({ ...leaves.issue([OWN_HOST]), allowHTTP1: true, ...LARGE_HEADS })
      server.on('request', (request, response) => {
        request.on('error', () => {})
        response.on('error', () => {})
        paths[request.url]?.(request as unknown as IncomingMessage, response as unknown as ServerResponse)
      })
      const { port, sockets, close } = await listening(server)
      t.teardown(close)
      connections = () => sockets.size
      return { [OWN_ADDRESS]: { 443: port } }
    },
  })
  return { lab, server, connections: () => connections() }
}

/** A request of HTTP/1.1 on a connection of its own; its head is not sent yet. */
export async function h1Request(lab: Inspected, path: string, options: { method?: string; headers?: object } = {}) {
  const socket = await lab.tls(OWN_HOST, { ALPNProtocols: ['http/1.1'] })
  const headers = { host: OWN_HOST, ...options.headers }
  const request = requestH1({ ...options, path, headers, createConnection: () => socket })
  request.on('error', () => {})
  return request
}

/** A session of HTTP/2, ended with the test. */
export async function h2Session(t: Test, lab: Inspected): Promise<ClientHttp2Session> {
  const socket = await lab.tls(OWN_HOST, { ALPNProtocols: ['h2'] })
  const session = connect(`https://${OWN_HOST}`, { createConnection: () => socket, ...LARGE_HEADS })
  session.on('error', () => {})
  t.teardown(() => session.destroy())
  return session
}
