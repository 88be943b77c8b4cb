/**
 * Measures round trips to POPs: a TCP connection to each POP's probe endpoint and one request over it, all at once and
 * with one deadline. What counts is the longer of connecting and waiting for the first byte of the answer: a connection
 * may be accepted by somebody nearer than the POP (a middlebox; the kernel, on loopback).
 */

import { connect, type Socket } from 'node:net'
import type { Endpoint } from '../steering/flow.js'
import type { MeasuredPop, Pop } from './pop.js'

/** How to measure. */
export interface ProbeOptions {
  /** Where a public endpoint really listens. */
  readonly route: (endpoint: Endpoint) => Endpoint
  /** All probes together, ms; default 1500. */
  readonly deadlineMs?: number
  /** How many POPs are measured, from the first of the list; default 10. */
  readonly most?: number
  /** Ms with fractions, from a clock that is never set back. */
  readonly now: () => number
  /** Ends the probes at once; what has not answered until then has no round trip. */
  readonly signal?: AbortSignal
}

/** Ours: of a POP that takes longer nobody wants to know. */
const DEADLINE_MS = 1500

/** As observed (PKT), and the `npa_gslb_client_pop_count` of a sample (client-behaviour 1.2, 3.2). */
export const MOST_PROBED = 10

/**
 * The POPs in their order, with round trips in ms (one decimal). Those behind the first `most` are not asked and have
 * none. A POP without a probe endpoint is measured by connecting to its tunnel port. When this settles, which is at the
 * deadline or earlier, every socket is closed. Never rejects.
 */
export async function probeRtts(pops: readonly Pop[], options: ProbeOptions): Promise<readonly MeasuredPop[]> {
  const { deadlineMs = DEADLINE_MS, most = MOST_PROBED, signal } = options
  const sockets: Socket[] = []
  const end = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const probes = pops.map((pop, place) => {
    if (place >= most || signal?.aborted === true) return undefined
    const probe = startProbe(pop, options)
    sockets.push(probe.socket)
    return probe.rttMs
  })
  const deadline = setTimeout(end, deadlineMs)
  signal?.addEventListener('abort', end)
  const rtts = await Promise.all(probes)
  clearTimeout(deadline)
  signal?.removeEventListener('abort', end)
  return pops.map((pop, place) => ({ ...pop, rttMs: rtts[place] }))
}

/** The round trip is known when the socket is closed: by an answer, a fault, or the caller. */
function startProbe(pop: Pop, { route, now }: ProbeOptions): { socket: Socket; rttMs: Promise<number | undefined> } {
  const { probe } = pop
  const { ip, port } = route({ ip: (probe ?? pop).ip, port: (probe ?? pop).port })
  const startedAt = now()
  const socket = connect({ host: ip, port, noDelay: true })
  const rttMs = new Promise<number | undefined>((resolve) => {
    let measured: number | undefined
    const answered = (ms: number): void => {
      measured = Math.round(ms * 10) / 10
      socket.destroy()
    }
    // Whatever went wrong, there is no answer.
    socket.on('error', () => {})
    socket.once('connect', () => {
      const connectedAt = now()
      const connectMs = connectedAt - startedAt
      if (probe === undefined) return answered(connectMs)
      socket.once('data', () => answered(Math.max(connectMs, now() - connectedAt)))
      socket.write(`GET ${probe.path} HTTP/1.1\r\nhost: ${probe.ip}\r\nconnection: close\r\n\r\n`)
    })
    socket.once('close', () => resolve(measured))
  })
  return { socket, rttMs }
}
