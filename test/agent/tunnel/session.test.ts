/** A session's life over TLS: greetings, silence, ends in order and out of order, and peers that break the rules. */

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { FRAME, frame, jsonFrame } from '../../../agent/tunnel/frame.js'
import { TunnelSession } from '../../../agent/tunnel/session.js'
import type { TunnelStream } from '../../../agent/tunnel/stream.js'
import { heldBytes } from '../../support/memory.js'
import { rawPeer } from '../../support/raw-peer.js'
import { sessionPair, tlsServer } from '../../support/session-pair.js'
import { untilStill, waitUntil } from '../../support/wait-until.js'

const HELLO = jsonFrame(FRAME.HELLO, 0, {})
const OPEN = jsonFrame(FRAME.OPEN, 1, {})
const data = (text: string) => frame(FRAME.DATA, 1, Buffer.from(text))

/** What a stream tells its owner, as words. */
function notes(stream: TunnelStream): string[] {
  const told: string[] = []
  stream.attach({
    data: (bytes) => told.push(`data ${Buffer.from(bytes)}`) > 0,
    ended: () => void told.push('ended'),
    reset: (reason, detail) => void told.push(`reset ${reason}: ${detail}`),
    writable: () => void told.push('writable'),
  })
  return told
}

void t.test('a silent peer is noticed at both ends, an answering one is kept', async (t) => {
  const keepAlive = { pingAfterMs: 100, pongWithinMs: 300 }
  const pair = await sessionPair({ keepAlive, cuttable: true, open: (stream) => stream.accept() })
  const stream = pair.agent.session.open({})!
  const told = notes(stream)
  t.equal(await stream.whenOpened(), 'opened')
  let over = false
  void Promise.race([pair.agent.ended, pair.gateway.ended]).then(() => {
    over = true
  })
  await new Promise((resolve) => setTimeout(resolve, 900))
  t.notOk(over, 'twice the limit passes in silence, but for the keep-alive')

  const cutAt = performance.now()
  pair.cut()
  const reasons = await Promise.all([pair.agent.ended, pair.gateway.ended])
  const took = performance.now() - cutAt
  t.strictSame(reasons, ['the peer stopped answering', 'the peer stopped answering'])
  t.ok(took > 250 && took < 400 + 400, `after ${Math.round(took)} of 400 ms`)
  t.strictSame(told, ['reset aborted: the peer stopped answering'], 'its flows are reset')
})

void t.test('a peer that is asked again and again is given up all the same', async (t) => {
  const keepAlive = { pingAfterMs: 60_000, pongWithinMs: 300 }
  const pair = await sessionPair({ keepAlive, cuttable: true, open: (stream) => stream.accept() })
  pair.cut()
  const cutAt = performance.now()
  const asking = setInterval(() => pair.agent.session.askNow(), 20)
  t.equal(await pair.agent.ended, 'the peer stopped answering')
  clearInterval(asking)
  t.ok(performance.now() - cutAt < 300 + 20 + 500)
  pair.gateway.session.close('the test is over')
})

/** A peer in a thread of its own that answers every PING (16 bytes each) at once. */
const ANSWERING_PEER = `
  const { workerData } = require('node:worker_threads')
  const socket = require('node:tls').connect({ ...workerData, host: '127.0.0.1', servername: 'gateway' })
  socket.on('error', () => {})
  socket.on('data', (pings) => {
    for (let at = 0; at < pings.length; at += 16) pings[at] = ${FRAME.PONG}
    socket.write(pings)
  })`

void t.test('a process that slept itself does not blame its peer', async (t) => {
  const { port, ca, accepted } = await tlsServer()
  const peer = new Worker(ANSWERING_PEER, { eval: true, workerData: { port, ca } })
  const socket = await accepted
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  let slept = 0
  // Asleep from the moment a PING has left until long after the answer was due.
  socket.write = (...args: unknown[]) => {
    const room = write(...args)
    for (const wakeAt = performance.now() + 250; performance.now() < wakeAt; );
    slept += 1
    return room
  }
  const reasons: string[] = []
  const owner = { hello: () => '', ended: (reason: string) => void reasons.push(reason) }
  const session = new TunnelSession('gateway', socket, owner, { pingAfterMs: 30, pongWithinMs: 80 })
  await waitUntil(() => slept === 4 || reasons.length > 0)
  t.strictSame(reasons, [])
  session.close('done')
  await peer.terminate()
})

void t.test('PING is answered with its payload', async (t) => {
  const { peer, heard, session, ended } = await rawPeer('gateway')
  peer.write(Buffer.concat([frame(FRAME.PING, 0, Buffer.from('one')), frame(FRAME.PING, 0)]))
  await waitUntil(() => heard.length === 2)
  t.strictSame(heard, [
    { type: FRAME.PONG, stream: 0, text: 'one' },
    { type: FRAME.PONG, stream: 0, text: '' },
  ])
  session.close('done')
  await ended
})

void t.test('a peer that pings and pings and does not read costs no memory', async (t) => {
  const { peer, heard, session, ended } = await rawPeer('gateway')
  peer.pause()
  const before = await heldBytes()
  const pings = Buffer.concat(Array.from({ length: 64 }, () => frame(FRAME.PING, 0, Buffer.alloc(16_000))))
  for (let sent = 0; sent < 64; sent += 1) await new Promise((written) => peer.write(pings, written))
  const grown = (await heldBytes()) - before
  t.ok(grown < 6 * 1024 * 1024, `${grown} bytes more are held`)
  peer.resume()
  await untilStill(() => heard.length)
  peer.write(frame(FRAME.PING, 0, Buffer.from('last')))
  await waitUntil(() => heard.at(-1)?.text === 'last')
  t.ok(heard.length < 64 * 64, `${heard.length} of ${64 * 64} were answered, and once it reads all are`)
  session.close('done')
  await ended
})

void t.test('who breaks the protocol is told why, and closed', async (t) => {
  const cases: readonly [what: string, bytes: Uint8Array, reason: RegExp][] = [
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /^protocol violation: frame of type 71 is longer/],
    ['OPEN before HELLO', OPEN, /^protocol violation: OPEN before HELLO/],
    ['DATA on no stream', Buffer.concat([HELLO, data('x')]), /^protocol violation: .*never opened/],
    ['a HELLO its owner refuses', jsonFrame(FRAME.HELLO, 0, 'bad'), /^HELLO is malformed/],
  ]
  for (const [what, bytes, reason] of cases) {
    const hello = (payload: Uint8Array) => (Buffer.from(payload).includes('bad') ? 'HELLO is malformed' : 262_144)
    const { peer, heard, reasons, ended } = await rawPeer('gateway', { hello, open: () => {} })
    peer.write(bytes)
    t.match(await ended, reason, what)
    await once(peer, 'close')
    t.match(heard.at(-1), { type: FRAME.GOAWAY, text: reason }, `${what}: GOAWAY says so`)
    t.equal(reasons.length, 1, `${what}: its owner is told once`)
  }
})

void t.test('the end in order: GOAWAY, flows reset, both sockets closed, nothing opens any more', async (t) => {
  const opened: TunnelStream[] = []
  const pair = await sessionPair({ open: (stream) => opened.push(stream) })
  const stream = pair.agent.session.open({})!
  await waitUntil(() => opened.length === 1)
  const told = [notes(stream), notes(opened[0]!)]
  const closed = Promise.all([once(pair.agent.socket, 'close'), once(pair.gateway.socket, 'close')])
  pair.gateway.session.close('the gateway is stopping')
  pair.gateway.session.close('again')
  t.equal(await pair.gateway.ended, 'the gateway is stopping')
  t.equal(await pair.agent.ended, 'the peer is going away: the gateway is stopping')
  await closed
  t.strictSame(told, [
    ['reset aborted: the peer is going away: the gateway is stopping'],
    ['reset aborted: the gateway is stopping'],
  ])
  t.equal(pair.agent.session.open({}), undefined)
  t.equal(pair.agent.session.streamCount, 0)
  stream.end()
  stream.reset('aborted', '')
  stream.send(1)
  t.equal(stream.sendable, 0)
  t.match(await stream.whenOpened(), { reason: 'aborted' })
})

void t.test('a peer that leaves without a word ends the session', async (t) => {
  for (const [how, leave, reason] of [
    ['FIN', (peer) => peer.end(), 'closed by the peer'],
    ['destroyed', (peer) => peer.destroy(), 'closed by the peer'],
  ] as const satisfies readonly [string, (peer: Awaited<ReturnType<typeof rawPeer>>['peer']) => unknown, string][]) {
    const { peer, ended, reasons, socket } = await rawPeer('gateway')
    leave(peer)
    t.equal(await ended, reason, how)
    if (!socket.closed) await once(socket, 'close')
    t.equal(reasons.length, 1)
  }
})

void t.test('a peer that does not close its side is not waited for', async (t) => {
  const { peer, session, socket, ended } = await rawPeer('gateway')
  peer.pause()
  session.close('enough')
  t.equal(await ended, 'enough')
  const started = performance.now()
  await once(socket, 'close')
  t.ok(performance.now() - started < 2000)
  peer.destroy()
})

void t.test('what came before the end of the connection is delivered', async (t) => {
  const told: string[][] = []
  const { peer, ended } = await rawPeer('gateway', { open: (stream) => told.push(notes(stream)) })
  peer.end(Buffer.concat([HELLO, OPEN, data('last words'), frame(FRAME.CLOSE, 1)]))
  await ended
  t.strictSame(told, [['data last words', 'ended', 'reset aborted: closed by the peer']])
})

void t.test('a stream that ends at once on what comes just before the end or a reset, misses neither', async (t) => {
  for (const [last, told] of [
    [frame(FRAME.RESET, 1, Buffer.from('\x01no')), 'reset refused: no'],
    [frame(FRAME.CLOSE, 1), 'ended'],
  ] as const) {
    const { peer, session, ended } = await rawPeer('agent')
    const stream = session.open({})!
    peer.write(HELLO)
    await waitUntil(() => stream.sendable > 0)
    const heard: string[] = []
    stream.attach({
      data: (bytes) => {
        heard.push(`data ${Buffer.from(bytes)}`)
        stream.send(10)
        stream.end()
        stream.consumed(bytes.length)
        return true
      },
      ended: () => void heard.push('ended'),
      reset: (reason, detail) => void heard.push(`reset ${reason}: ${detail}`),
      writable: () => {},
    })
    peer.write(Buffer.concat([data('x'), last]))
    await waitUntil(() => heard.length === 2)
    t.strictSame(heard, ['data x', told])
    t.equal(session.streamCount, 0)
    t.ok(session.open({}), 'the session goes on')
    session.close('done')
    await ended
  }
})

void t.test('opening: the answer, the refusal, and whoever asks late', async (t) => {
  const pair = await sessionPair({
    open: (stream, payload) => {
      if (Buffer.from(payload).includes('yes')) stream.accept()
      else stream.reset('forbidden', 'not there')
    },
  })
  const yes = pair.agent.session.open('yes')!
  const no = pair.agent.session.open('no')!
  t.equal(await yes.whenOpened(), 'opened')
  t.equal(await yes.whenOpened(), 'opened')
  t.match(await no.whenOpened(), { reason: 'forbidden', detail: 'not there' })
  t.match(await no.whenOpened(), { reason: 'forbidden', detail: 'not there' })
  const waiting = pair.agent.session.open('silence')!.whenOpened()
  pair.agent.session.close('bye')
  t.match(await waiting, { reason: 'aborted', detail: 'bye' })
})
