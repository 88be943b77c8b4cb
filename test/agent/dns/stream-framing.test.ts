import fc from 'fast-check'
import t from 'tap'
import { frameMessage, MessageReader } from '../../../agent/dns/stream-framing.js'

void t.test('messages come out as they were framed, however the stream is split', async () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 8 })
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (sent, sizes) => {
      const stream = Buffer.concat(sent.map(frameMessage))
      const reader = new MessageReader()
      const received: Buffer[] = []
      for (let at = 0, cut = 0; at < stream.length; cut += 1) {
        const size = sizes[cut % sizes.length]!
        received.push(...reader.push(stream.subarray(at, at + size)))
        at += size
      }
      return received.length === sent.length && received.every((message, index) => message.equals(sent[index]!))
    }),
    { numRuns: 10_000 },
  )
})

void t.test('the longest message passes, and an empty one comes at once', async (t) => {
  const longest = Buffer.alloc(65_535, 7)
  const reader = new MessageReader()
  t.same(reader.push(Buffer.of(0, 0)), [Buffer.alloc(0)])
  t.ok(reader.push(frameMessage(longest))[0]!.equals(longest))
})

void t.test('a message that is not complete is kept back', async (t) => {
  const reader = new MessageReader()
  t.same(reader.push(Buffer.of(0, 3, 1, 2)), [])
  t.same(reader.push(Buffer.of(3)), [Buffer.of(1, 2, 3)])
})
