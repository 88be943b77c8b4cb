/** Reading a request line. */

import fc from 'fast-check'
import t from 'tap'
import { readRequest } from '../../../agent/control/protocol.js'

void t.test('request lines', async (t) => {
  for (const method of ['status', 'map', 'flows', 'lease'])
    t.equal(readRequest(JSON.stringify({ method, more: 1 })), method, method)
  const none = [
    '',
    '{',
    '[]',
    'null',
    '1',
    '"status"',
    '{}',
    '{"method":1}',
    '{"method":"STATUS"}',
    '{"method":"toString"}',
  ]
  for (const line of none) t.equal(readRequest(line), undefined, JSON.stringify(line))
})

void t.test('10,000 lines of noise are no requests', async (t) => {
  const json = fc.json({ maxDepth: 2 })
  const method = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'statuss', ' map'))
  const noise = fc.oneof(
    fc.string({ unit: 'binary' }),
    json,
    fc.record({ method }).map((value) => JSON.stringify(value)),
  )
  const known = /"method":"(status|map|flows|lease)"/
  fc.assert(
    fc.property(noise, (line) => known.test(line) || readRequest(line) === undefined),
    { numRuns: 10_000 },
  )
  t.pass()
})
