/** The place where round trips are measured: what it answers, when, and when it does not. */

import t, { type Test } from 'tap'
import type { PopFault } from '../../../gateway/faults/fault.js'
import { FaultBoard } from '../../../gateway/faults/fault-board.js'
import { startProbeServer } from '../../../gateway/pops/probe-server.js'
import { roadTo } from '../../../gateway/pops/round-trip.js'
import { knock } from '../../support/knock.js'
import { allOf, closed, connected } from '../../support/loopback.js'
import { measuredRtt } from '../../support/pop-door.js'
import { untilStill, waitUntil } from '../../support/wait-until.js'

async function newProbe(t: Test, rttMs: number) {
  const board = new FaultBoard({ now: Date.now })
  const fault = board.source({ pop: 'A' })
  const road = roadTo({ rttMs, jitterMs: 0 }, fault, () => 0.5)
  const server = await startProbeServer({ host: '127.0.0.1', port: 0, road, fault })
  t.teardown(() => server.close())
  return { ...server, fail: (fault: PopFault) => board.set({ pop: 'A' }, fault), mend: () => board.clear() }
}

async function answerTo(port: number, request: string): Promise<string> {
  const socket = await connected(port)
  socket.write(request)
  const answer = await allOf(socket)
  socket.destroy()
  return answer
}

void t.test('any GET and HEAD is answered with nothing, and other things with that they are not', async (t) => {
  const { port } = await newProbe(t, 0)
  const cases: readonly [request: string, answer: RegExp][] = [
    ['GET / HTTP/1.1\r\nhost: a\r\n\r\n', /^HTTP\/1\.1 204 .*connection: close.*\r\n\r\n$/is],
    ['HEAD /x?y HTTP/1.1\r\nhost: a\r\n\r\n', /^HTTP\/1\.1 204 .*\r\n\r\n$/s],
    ['GET / HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 204 /],
    ['POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc', /^HTTP\/1\.1 405 /],
    ['\x16\x03\x01\x00\x05hello', /^$/],
  ]
  for (const [request, answer] of cases) t.match(await answerTo(port, request), answer, JSON.stringify(request))
})

void t.test('the answer takes the round trip, or what a fault says in its place', async (t) => {
  const { port, fail, mend } = await newProbe(t, 80)
  // A timer of Node may fire a millisecond early.
  t.ok((await measuredRtt(port)) >= 79)
  fail({ kind: 'rtt', ms: 200 })
  t.ok((await measuredRtt(port)) >= 199)
  mend()
  t.ok((await measuredRtt(port)) >= 79)
})

void t.test('a round trip that is over is answered at once, the others meanwhile', async (t) => {
  const { port } = await newProbe(t, 100)
  const begun = performance.now()
  await Promise.all(Array.from({ length: 10 }, () => measuredRtt(port)))
  t.ok(performance.now() - begun < 600, 'ten take no ten times as long')
})

void t.test('down, it refuses, and is there again', async (t) => {
  const { port, fail, mend } = await newProbe(t, 0)
  fail({ kind: 'down' })
  t.equal(await knock(port), 'ECONNREFUSED')
  mend()
  await waitUntil(async () => (await knock(port)) === 'open')
  t.ok((await measuredRtt(port)) >= 0)
})

void t.test('where packets are lost, it takes the question and says nothing, whatever it is', async (t) => {
  const { port, fail, mend, cutOff } = await newProbe(t, 30)
  const asked = await connected(port)
  asked.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  fail({ kind: 'loss' })
  const others = await Promise.all(
    ['GET / HTTP/1.1\r\nhost: a\r\n\r\n', 'nonsense\r\n\r\n', ''].map(async (text) => {
      const socket = await connected(port)
      socket.write(text)
      return socket
    }),
  )
  let heard = 0
  for (const socket of [asked, ...others]) {
    socket.on('data', () => heard++)
    socket.once('end', () => heard++)
  }
  await untilStill(() => heard, 100)
  t.equal(heard, 0, 'no byte and no FIN, not even for what was asked before')
  cutOff()
  await Promise.all([asked, ...others].map((socket) => closed(socket.end())))
  mend()
  t.ok((await measuredRtt(port)) >= 29, 'and answers again afterwards')
})

void t.test('more connections than it takes are turned away', async (t) => {
  const { port } = await newProbe(t, 0)
  const sockets = await Promise.all(Array.from({ length: 256 }, () => connected(port)))
  t.teardown(() => sockets.forEach((socket) => void socket.destroy()))
  const last = await connected(port)
  t.equal(await allOf(last), '')
  last.destroy()
  t.notOk(sockets.some((socket) => socket.closed))
})
