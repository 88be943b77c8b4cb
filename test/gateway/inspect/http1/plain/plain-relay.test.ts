import { once } from 'node:events'
import { Duplex } from 'node:stream'
import t from 'tap'
import { HTTP1_LIMITS, type Http1Limits } from '../../../../../gateway/inspect/http1/limits.js'
import { relayPlain } from '../../../../../gateway/inspect/http1/plain/plain-relay.js'
import { conversation, inspected } from '../../../../support/inspected-http1.js'
import { connected } from '../../../../support/loopback.js'
import { get, OK, rawOrigin } from '../../../../support/proxied-origins.js'
import { ownAnswer, type RecordingJudge, recordingJudge } from '../../../../support/recording-judge.js'

/** A client whose bytes leave when the test says so. */
class SlowClient extends Duplex {
  heard = ''
  #done: (() => void) | undefined
  override _read(): void {}
  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.heard += bytes.toString('latin1')
    this.#done = done
    this.emit('asked')
  }
  /** Lets what was written last leave. */
  leave(): void {
    const done = this.#done
    this.#done = undefined
    done?.()
  }
}

async function relayed(origin: number, judge: RecordingJudge, limits: Partial<Http1Limits> = {}) {
  const client = new SlowClient()
  client.on('error', () => {})
  const first = await connected(origin)
  const again = () => Promise.resolve({ failure: 'there is one only' })
  const origins = { first, again, malformed: () => {}, idleMs: 5_000 }
  return { client, over: relayPlain(client, origins, judge, { ...HTTP1_LIMITS, ...limits }) }
}

void t.test('many requests at once that we answer are answered one after the other', async (t) => {
  const upstream = await rawOrigin(t, () => {})
  const judge = recordingJudge({ instead: ({ target }) => ownAnswer(200, target) })
  const lab = await inspected(t, upstream.port, { judge })
  const count = 20_000
  const asked = Array.from({ length: count }, (_, nth) => get(`/${nth}`)).join('')
  const heard = await conversation(lab, asked + get('/last', 'Connection: close'))
  t.equal(heard.match(/HTTP\/1\.1 200 /g)?.length, count + 1)
  t.match(heard, /\/last$/)
  t.equal(upstream.heard.join(''), '')
})

void t.test('a client that does not read its answers is asked no more of', async (t) => {
  const upstream = await rawOrigin(t, (socket) => void socket.write(OK))
  for (const [who, judge] of [
    ['ours', recordingJudge({ instead: () => ownAnswer(200, 'x'.repeat(1_000)) })],
    ["the origin's", recordingJudge()],
  ] as const) {
    const { client, over } = await relayed(upstream.port, judge)
    const count = 1_000
    const bytes = Buffer.from(get('/').repeat(count))
    const written = once(client, 'asked')
    client.push(bytes)
    await written
    // The origin's answers come in their own time: until no more is asked.
    for (let before = -1; before !== judge.exchanges.length; ) {
      before = judge.exchanges.length
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    t.ok(judge.exchanges.length < (who === 'ours' ? 50 : count), `${who}: ${judge.exchanges.length} asked`)
    t.ok(
      client.writableLength < 2 * client.writableHighWaterMark + 2_000,
      `${who}: ${client.writableLength} bytes wait`,
    )
    while (judge.story().filter((line) => line.endsWith(' done') || line.endsWith(' own-answer')).length < count) {
      client.leave()
      await new Promise(setImmediate)
    }
    client.destroy()
    t.equal(await over, 'over')
    t.equal(judge.exchanges.length, count, 'and goes on where it stopped')
  }
})

void t.test('a last answer is whole when the client has it', async (t) => {
  const body = 'x'.repeat(50_000)
  const upstream = await rawOrigin(t, (socket) => {
    socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  })
  const slow = recordingJudge()
  const { client, over } = await relayed(upstream.port, slow, { drainMs: 1, idleMs: 5_000 })
  const timer = setInterval(() => client.leave(), 20)
  client.push(get('/'))
  await once(client, 'finish')
  clearInterval(timer)
  t.equal(await over, 'over')
  t.equal(client.heard.length - client.heard.indexOf('\r\n\r\n') - 4, body.length, 'however slowly')
  t.strictSame(slow.story(), ['GET / done'])

  const gone = recordingJudge()
  const still = await relayed(upstream.port, gone, { drainMs: 1, idleMs: 50 })
  still.client.push(get('/'))
  t.equal(await still.over, 'over', 'one that reads nothing is not waited for')
  t.strictSame(gone.story(), ['GET / client-left'])
})

void t.test('a connection whose origin was silent ends by silence, too', async (t) => {
  const upstream = await rawOrigin(t, () => {})
  const lab = await inspected(t, upstream.port, { idleMs: 50 })
  t.match(await conversation(lab, get('/')), /^HTTP\/1.1 504 /)
  const dripping = await rawOrigin(t, (socket) => {
    const timer = setInterval(() => socket.write('H'), 10)
    socket.once('close', () => clearInterval(timer))
    socket.write('HTTP/1.1 200 OK\r\nA: ')
  })
  const dripped = await inspected(t, dripping.port, { idleMs: 100 })
  t.match(await conversation(dripped, get('/')), /^HTTP\/1.1 504 /, 'also where the head of its answer comes in drops')
})

void t.test('interim answers pass, but not without end, and nothing that is for the next hop', async (t) => {
  const early = 'HTTP/1.1 103 Early Hints\r\nConnection: x-hop\r\nX-Hop: a\r\nLink: </a>\r\n\r\n'
  const upstream = await rawOrigin(t, (socket) => void socket.write(early.repeat(100) + OK))
  const lab = await inspected(t, upstream.port)
  const heard = await conversation(lab, get('/', 'Connection: close'))
  t.equal(heard.match(/ 103 /g)?.length, 8)
  t.match(heard, /Link: <\/a>/)
  t.notMatch(heard, /x-hop/i)
  t.match(heard, /HTTP\/1\.1 200 OK.*ok$/s)
})
