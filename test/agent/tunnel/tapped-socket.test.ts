/** A socket whose bytes are shown: to who uses it it is a socket, and who looks sees all of it. */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import t from 'tap'
import { TappedSocket } from '../../../agent/tunnel/tapped-socket.js'
import { drink, fate, pour } from '../../support/byte-flow.js'
import { recordingTap } from '../../support/recording-tap.js'
import { tlsServer } from '../../support/session-pair.js'
import { socketPair } from '../../support/socket-pair.js'
import { textOf } from '../../support/text-of.js'

const MIB = 1024 * 1024

async function begin() {
  const [near, far] = await socketPair()
  const tap = recordingTap()
  return { tap, near, far, socket: new TappedSocket(near, () => tap) }
}

void t.test('bytes, and their order', async (t) => {
  const { tap, socket, far } = await begin()
  const closed = fate(socket)
  const [up, down, atFar, atSocket] = await Promise.all([
    pour(socket, 8 * MIB),
    pour(far, 8 * MIB),
    drink(far),
    drink(socket),
  ])
  t.strictSame([atFar, atSocket], [up, down], 'nothing is lost on the way')
  t.strictSame([tap.sentFlow(), tap.receivedFlow()], [up, down], 'and all of it was shown')
  t.equal(await closed, '')
  t.notOk(
    tap.story.some((what) => what.startsWith('reset')),
    'it has ended in order',
  )
})

void t.test('half-close', async (t) => {
  const { tap, socket, far } = await begin()
  socket.end('question')
  t.equal(await textOf(far), 'question')
  far.end('answer')
  t.equal(await textOf(socket), 'answer')
  t.strictSame(tap.story, ['sent', 'sent end', 'received', 'received end'])
})

void t.test('breaking off, from either side', async (t) => {
  const left = await begin()
  const broken = fate(left.far)
  left.socket.write('x')
  left.far.resume()
  await once(left.far, 'data')
  left.socket.destroy()
  t.equal(await broken, 'ECONNRESET')
  t.equal(left.tap.story.at(-1), 'reset by application')

  const cut = await begin()
  const failed = fate(cut.socket)
  cut.socket.write('x')
  cut.far.resume()
  cut.socket.resume()
  await once(cut.far, 'data')
  ;(cut.far as Socket).resetAndDestroy()
  t.equal(await failed, 'ECONNRESET')
  t.ok(cut.near.destroyed)
  t.equal(cut.tap.story.at(-1), 'reset by agent')
})

void t.test('a reader that takes nothing holds the sender up', async (t) => {
  const { socket, far, near } = await begin()
  const poured = pour(far, 32 * MIB)
  await once(socket, 'readable')
  await new Promise(setImmediate)
  t.ok(near.isPaused() || socket.readableLength < MIB, 'what is not read is not gathered')
  t.ok(socket.readableLength < MIB, `${socket.readableLength} bytes wait`)
  t.strictSame(await drink(socket, true), await poured)
  socket.end()
})

void t.test('TLS over it, from before it is connected', async (t) => {
  const { port, ca, accepted } = await tlsServer()
  const tap = recordingTap()
  const raw = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  let asked = 0
  const socket = new TappedSocket(raw, () => {
    asked += 1
    t.notOk(raw.connecting, 'asked for once it has addresses')
    return tap
  })
  const tls = connectTls({ socket, ca, servername: 'gateway' })
  tls.on('error', () => {})
  const far = await accepted
  const [up, down, atFar, atNear] = await Promise.all([pour(tls, 8 * MIB), pour(far, 8 * MIB), drink(far), drink(tls)])
  t.strictSame([atFar, atNear], [up, down])
  t.equal(asked, 1)
  t.ok(tap.sentFlow().bytes > up.bytes && tap.receivedFlow().bytes > down.bytes, 'ciphertext is longer')
})

void t.test('nobody there', async (t) => {
  const tap = recordingTap()
  const socket = new TappedSocket(connect(1, '127.0.0.1'), () => tap)
  t.equal(await fate(socket), 'ECONNREFUSED')
  t.strictSame(tap.story, [], 'nothing to show of a connection that never was')
})
