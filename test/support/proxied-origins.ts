/** An HTTP proxy door in front of origins made for one test. */

import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type Socket } from 'node:net'
import type { Test } from 'tap'
import { HttpDoor } from '../../agent/capture/http-door.js'
import { DOOR_LIMITS } from '../../agent/capture/loopback-door.js'
import { askedOwners, flowDialer, type Route } from './flow-dialer.js'
import { type Listening, listening } from './loopback.js'

/** An HTTP door whose flows go along `route`. */
export async function openDoor(t: Test, route: Route) {
  const { flows, handle } = flowDialer(() => route)
  const door = new HttpDoor({ handle, owners: askedOwners(), pac: () => '', limits: DOOR_LIMITS })
  await door.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => door.close())
  const { port } = door.address()
  return { door, flows, port, proxy: `http://127.0.0.1:${port}` }
}

/** An HTTP origin. */
export async function origin(t: Test, listener: RequestListener): Promise<Listening> {
  const server = await listening(createHttpServer(listener))
  t.teardown(server.close)
  return server
}

/** An origin below HTTP: what each of its connections is told, and an answer to the first bytes. */
export async function rawOrigin(t: Test, answer: (socket: Socket, bytes: Buffer, nth: number) => void) {
  const heard: string[] = []
  const server = await listening(
    createServer((socket) => {
      const nth = heard.push('') - 1
      socket.on('data', (bytes: Buffer) => {
        heard[nth] += bytes.toString('latin1')
        answer(socket, bytes, nth)
      })
    }),
  )
  t.teardown(server.close)
  return { ...server, heard }
}

/** A whole answer. */
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
/** A GET request for the proxy. */
export const get = (url: string, ...headers: readonly string[]) =>
  [`GET ${url} HTTP/1.1`, 'Host: proxy', ...headers, '', ''].join('\r\n')
