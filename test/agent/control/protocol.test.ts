/** Reading a request line. */

import fc from 'fast-check'
import t from 'tap'
import { CONTROL_METHODS, readRequest } from '../../../agent/control/protocol.js'

void t.test('request lines', async (t) => {
  for (const method of CONTROL_METHODS)
    t.strictSame(readRequest(JSON.stringify({ method, more: 1 })), { method }, method)
  for (const params of [null, 0, 'box.com', [1], { pop: 'US-ORD1' }])
    t.strictSame(readRequest(JSON.stringify({ method: 'fault', params })), { method: 'fault', params })
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
  const known = new RegExp(`"method":"(${CONTROL_METHODS.join('|')})"`)
  fc.assert(
    fc.property(noise, (line) => known.test(line) || readRequest(line) === undefined),
    { numRuns: 10_000 },
  )
  t.pass()
})
