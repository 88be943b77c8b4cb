/** One stream between its session and its relay, both stood in for: what it passes on, when, and what not any more. */

import t from 'tap'
import { type StreamSession, TunnelStream } from '../../../agent/tunnel/stream.js'

/** A stream, with what it said to its session and to its receiver. */
function begin() {
  const said: string[] = []
  const session: StreamSession = {
    scratch: Buffer.alloc(16),
    sendable: () => 1000,
    sendData: (id, length) => void said.push(`data ${id} ${length}`),
    sendClose: (id) => void said.push(`close ${id}`),
    sendReset: (id, reason, detail) => void said.push(`reset ${id} ${reason} ${detail}`),
    sendOpened: (id) => void said.push(`opened ${id}`),
    sendKeys: (id, line) => void said.push(`keys ${id} ${Buffer.from(line)}`),
    consumed: (id, bytes) => void said.push(`consumed ${id} ${bytes}`),
  }
  const stream = new TunnelStream(7, session)
  const told: string[] = []
  const attach = (free = true) =>
    stream.attach({
      data: (bytes) => {
        told.push(`data ${Buffer.from(bytes)}`)
        return free
      },
      ended: () => void told.push('ended'),
      reset: (reason, detail) => void told.push(`reset ${reason} ${detail}`),
      writable: () => void told.push('writable'),
    })
  return { stream, said, told, attach }
}

void t.test('the secrets of its TLS go to the session, and on to a receiver that wants them', async (t) => {
  const { stream, said } = begin()
  stream.tellKeys(Buffer.from('line'))
  t.strictSame(said, ['keys 7 line'])
  stream.onKeys(Buffer.from('before anybody listens'))
  const told: string[] = []
  const receiver = { data: () => true, ended() {}, reset() {}, writable() {} }
  stream.attach({ ...receiver, keys: (line) => void told.push(Buffer.from(line).toString()) })
  stream.onKeys(Buffer.from('line'))
  t.strictSame(told, ['line'])
  stream.reset('aborted', '')
  stream.tellKeys(Buffer.from('late'))
  t.notMatch(said, ['keys 7 line', 'keys 7 late'])
  const deaf = begin()
  deaf.attach()
  deaf.stream.onKeys(Buffer.from('line'))
  t.strictSame(deaf.told, [], 'one that does not want them is not told')
})

void t.test('what it says goes to the session under its number', async (t) => {
  const { stream, said } = begin()
  stream.accept()
  stream.send(5)
  stream.consumed(9)
  stream.end()
  stream.end()
  t.strictSame(said, ['opened 7', 'data 7 5', 'consumed 7 9', 'close 7'], 'the end only once')
  t.equal(stream.sendable, 1000)
})

void t.test('early bytes are copied, and delivered in order when a relay comes', async (t) => {
  const { stream, told, attach } = begin()
  const memory = Buffer.from('one')
  t.ok(stream.onData(memory), 'their memory is free at once')
  memory.write('two')
  stream.onData(memory)
  stream.onEnded()
  t.strictSame(told, [])
  attach()
  t.strictSame(told, ['data one', 'data two', 'ended'])
})

void t.test('a reset before a relay comes is told behind the early bytes', async (t) => {
  const { stream, told, attach } = begin()
  stream.onData(Buffer.from('x'))
  stream.onReset('refused', 'no')
  attach()
  t.strictSame(told, ['data x', 'reset refused no'])
})

void t.test('with a relay, bytes are passed uncopied, and it says whether their memory is free', async (t) => {
  for (const free of [true, false]) {
    const { stream, told, attach } = begin()
    attach(free)
    t.equal(stream.onData(Buffer.from('x')), free)
    stream.onWritable()
    stream.onEnded()
    t.strictSame(told, ['data x', 'writable', 'ended'])
  }
})

void t.test('it is finished when both directions have ended', async (t) => {
  const { stream } = begin()
  t.notOk(stream.finished)
  stream.end()
  t.notOk(stream.finished)
  stream.onEnded()
  t.ok(stream.finished)
})

void t.test('after a reset of either side nothing is said, and the reset is told once', async (t) => {
  for (const whose of ['ours', 'theirs']) {
    const { stream, said, told, attach } = begin()
    attach()
    if (whose === 'ours') stream.reset('aborted', 'enough')
    else stream.onReset('aborted', 'enough')
    const before = said.length
    stream.send(1)
    stream.end()
    stream.consumed(1)
    stream.reset('aborted', 'again')
    stream.onReset('refused', 'late')
    t.equal(said.length, before, whose)
    t.equal(stream.sendable, 0)
    t.strictSame(told, whose === 'ours' ? [] : ['reset aborted enough'])
    t.strictSame(await stream.whenOpened(), { reason: 'aborted', detail: 'enough' })
  }
})

void t.test('opening is told to who waits, and to who asks later', async (t) => {
  const open = begin().stream
  const waiting = open.whenOpened()
  open.onOpened()
  t.equal(await waiting, 'opened')
  t.equal(await open.whenOpened(), 'opened')
  const refused = begin().stream
  const alsoWaiting = refused.whenOpened()
  refused.onReset('unreachable', 'no route')
  t.strictSame(await alsoWaiting, { reason: 'unreachable', detail: 'no route' })
})
