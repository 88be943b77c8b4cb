import fc from 'fast-check'
import t from 'tap'
import { WaitingBytes } from '../../../../../gateway/inspect/http1/plain/waiting-bytes.js'

void t.test('bytes come out as they came, in pieces of any size', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 50 }),
      (chunks, most) => {
        const waiting = new WaitingBytes()
        for (const chunk of chunks) waiting.add(Buffer.from(chunk))
        const out: Buffer[] = []
        while (waiting.all !== undefined) {
          const before = waiting.all.length
          const part = waiting.take(most)
          t.equal(part.length, Math.min(most, before))
          out.push(part)
        }
        t.ok(Buffer.concat(out).equals(Buffer.concat(chunks)))
      },
    ),
    { numRuns: 50 },
  )
})

void t.test('nothing is not an empty piece', async (t) => {
  const waiting = new WaitingBytes()
  t.equal(waiting.all, undefined)
  t.equal(waiting.take(5).length, 0)
  waiting.add(Buffer.from('ab'))
  t.equal(String(waiting.take(0)), '')
  t.equal(String(waiting.take(9)), 'ab')
  t.equal(waiting.all, undefined)
})
