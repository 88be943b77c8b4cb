/** Where an answer ends, however it is cut; and answers that are not what was asked for. */

import fc from 'fast-check'
import t from 'tap'
import { ResponseCounter } from '../../../../scripts/bench/inspection/response-counter.js'

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n'

/** Bodies hold what ends a head, which must mean nothing in them. */
function answerOf(bytes: number): Buffer {
  return Buffer.concat([Buffer.from(HEAD), Buffer.alloc(bytes, '\r\n\r\n')])
}

void t.test('an answer ends with the last byte of its body, however it is cut', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1 }),
      (bytes, times, cuts) => {
        const counter = new ResponseCounter(bytes)
        const answer = answerOf(bytes)
        for (let time = 0; time < times; time += 1)
          for (let from = 0, cut = 0; from < answer.length; cut += 1) {
            const to = Math.min(answer.length, from + cuts[cut % cuts.length]!)
            if (counter.take(answer.subarray(from, to)) !== (to === answer.length)) return false
            from = to
          }
        return true
      },
    ),
  )
  t.pass('each of them, one after another on the same connection')
})

const WRONG: readonly [answer: string, message: RegExp, why: string][] = [
  ['HTTP/1.1 403 Forbidden\r\n\r\n', /begins with "HTTP\/1.1 403 Forbidden"/, 'a block page'],
  ['HTTP/1.1 502 Bad Gateway\r\n\r\n12345', /502/, 'an error of the proxy, with a body as long as asked for'],
  [`${HEAD}123456`, /1 bytes longer/, 'a body that is too long'],
  [`${HEAD}5\r\n12345\r\n0\r\n\r\n`, /longer/, 'a chunked body'],
  ['x'.repeat(20_000), /begins with "x/, 'no end of the head'],
]

void t.test('what was not asked for is a fault', async (t) => {
  for (const [answer, message, why] of WRONG)
    t.throws(() => new ResponseCounter(5).take(Buffer.from(answer)), { message }, why)
  t.equal(new ResponseCounter(5).take(Buffer.from(`${HEAD}12345`)), true, 'and this is what was asked for')
})
