/** A connection's life over an engine that does as it is told. */

import t, { type Test } from 'tap'
import { type ConnectionEnd, DtlsConnection } from '../../../../agent/tunnel/dtls/dtls-connection.js'
import type { DtlsEngine, EngineEnd, EngineState } from '../../../../agent/tunnel/dtls/dtls-engine.js'
import { listenTo } from '../../../support/dtls.js'
import { waitUntil } from '../../../support/wait-until.js'

/** Datagrams are plain texts here; what is written goes out as it is. */
class FakeEngine {
  state: EngineState = 'handshake'
  end: EngineEnd | undefined
  maxBytes = 10
  outgoing: Buffer[] = [Buffer.from('hello'), Buffer.from('more')]
  frees = 0
  receive = (datagram: Uint8Array) => (this.state === 'open' ? [Buffer.from(datagram)] : [])
  write = (bytes: Uint8Array) => this.outgoing.push(Buffer.from(bytes))
  takeOutgoing = () => this.outgoing.splice(0)
  handleTimeout = () => {}
  shutdown = () => this.outgoing.push(Buffer.from('bye'))
  free = () => {
    this.frees += 1
  }
}

function newConnection(t: Test, handshakeMs = 5000) {
  const engine = new FakeEngine()
  const sent: string[] = []
  const ends: ConnectionEnd[] = []
  let opens = 0
  const connection: DtlsConnection = new DtlsConnection({
    engine: engine as unknown as DtlsEngine,
    transmit: (datagram) => sent.push(Buffer.from(datagram).toString()),
    handshakeMs,
    opened: () => {
      opens += 1
    },
    ended: (end) => ends.push(end),
  })
  connection.start()
  t.teardown(() => connection.close())
  const open = (last = 'finished') => {
    engine.state = 'open'
    engine.outgoing.push(Buffer.from(last))
    connection.take(Buffer.from('first'))
  }
  return { engine, connection, sent, ends, open, opens: () => opens }
}

void t.test('what comes before there is a receiver waits, up to a bound', async (t) => {
  const { connection, open, opens } = newConnection(t)
  connection.take(Buffer.from('not yet'))
  open()
  t.equal(opens(), 1)
  for (let number = 0; number < 100; number += 1) connection.take(Buffer.from(`${number}`))
  const { heard } = listenTo(connection)
  t.equal(heard.length, 64)
  t.same(heard.slice(0, 2).map(String), ['first', '0'])
  connection.take(Buffer.from('now'))
  t.equal(String(heard.at(-1)), 'now')
})

void t.test('the handshake is repeated, each time the other way round, until it is done', async (t) => {
  const { connection, sent, open } = newConnection(t)
  await waitUntil(() => sent.length >= 6)
  t.same(sent.slice(0, 6), ['hello', 'more', 'more', 'hello', 'hello', 'more'])
  connection.repeatLastFlight()
  t.equal(sent.length, 6, 'there is no last flight yet')
  open()
  const repeats = sent.length
  await new Promise((resolve) => setTimeout(resolve, 400))
  t.equal(sent.length, repeats, 'and no more')
  connection.send(Buffer.from('data'))
  for (let times = 0; times < 100; times += 1) connection.repeatLastFlight()
  t.same(sent.slice(repeats), ['data', ...Array(20).fill('finished')], 'but for the last flight, up to a bound')
})

void t.test('a handshake that is not done in time fails', async (t) => {
  const [deaf, slow] = [newConnection(t, 50), newConnection(t, 50)]
  slow.connection.take(Buffer.from('something'))
  await waitUntil(() => deaf.ends.length > 0 && slow.ends.length > 0)
  t.same(deaf.ends, [{ kind: 'timed-out', detail: 'nothing was heard within 50 ms' }])
  t.same(slow.ends, [{ kind: 'timed-out', detail: 'the handshake was not done within 50 ms' }])
  t.equal(deaf.engine.frees, 1)
})

void t.test('an end is told once, whoever ends it, and frees the engine once', async (t) => {
  const ways: readonly [what: string, way: (made: ReturnType<typeof newConnection>) => void, reason: string][] = [
    ['we', ({ connection }) => connection.close(), 'closed'],
    ['the network', ({ connection }) => connection.fail({ kind: 'refused', detail: 'no way' }), 'no way'],
    [
      'the peer',
      ({ connection, engine }) => {
        engine.end = { kind: 'closed', detail: 'bye' }
        connection.take(Buffer.from('x'))
      },
      'bye',
    ],
    [
      'a fault while sending',
      ({ connection, engine }) => {
        engine.end = { kind: 'broken', detail: 'oops' }
        connection.send(Buffer.from('x'))
      },
      'oops',
    ],
  ]
  for (const [what, way, reason] of ways) {
    const made = newConnection(t)
    made.open()
    const { ends } = listenTo(made.connection)
    way(made)
    const after = made.sent.length
    made.connection.take(Buffer.from('x'))
    made.connection.send(Buffer.from('x'))
    made.connection.close()
    t.same([ends, made.ends.length, made.engine.frees, made.sent.length], [[reason], 1, 1, after], what)
    t.same(listenTo(made.connection).ends, [reason], `${what}: who comes late hears it, too`)
  }
})

void t.test('a receiver may close in the midst of what it hears', async (t) => {
  const { connection, open } = newConnection(t)
  open()
  connection.take(Buffer.from('second'))
  const heard: string[] = []
  connection.receive({
    datagram: (bytes) => {
      heard.push(Buffer.from(bytes).toString())
      connection.close()
    },
    ended: (reason) => heard.push(reason),
  })
  t.same(heard, ['first', 'closed'])
})

void t.test('what is too long is not sent', async (t) => {
  const { connection, sent, open } = newConnection(t)
  connection.send(Buffer.from('early'))
  open()
  connection.send(Buffer.alloc(11))
  connection.send(Buffer.from('0123456789'))
  t.same(sent, ['hello', 'more', 'finished', '0123456789'])
  t.equal(connection.maxBytes, 10)
})
