/** The names of versions. */

import fc from 'fast-check'
import t from 'tap'
import { configVersionOf, isVersionId, nextVersionId } from '../../../gateway/services/config-version.js'

const NOW = new Date('2025-03-05T14:01:01.629Z')

void t.test('a version is named by its time, and told in the form of the reference', (t) => {
  const id = nextVersionId(NOW, undefined)
  t.equal(id, '2025-03-05T14:01:01.629000')
  t.equal(configVersionOf(id), '2025-03-05 14:01:01.629000')
  t.end()
})

const NEXT: ReadonlyArray<readonly [why: string, last: string, next: string]> = [
  ['the last is older', '2025-03-05T14:01:01.628999', '2025-03-05T14:01:01.629000'],
  ['the last is of the same time', '2025-03-05T14:01:01.629000', '2025-03-05T14:01:01.629001'],
  ['the last is of the same millisecond', '2025-03-05T14:01:01.629725', '2025-03-05T14:01:01.629726'],
  ['a millisecond is full', '2025-03-05T14:01:01.629999', '2025-03-05T14:01:01.630000'],
  ['the clock was set back over a new year', '2025-12-31T23:59:59.999999', '2026-01-01T00:00:00.000000'],
]

void t.test('the next is always later', (t) => {
  for (const [why, last, next] of NEXT) t.equal(nextVersionId(NOW, last), next, why)
  const times = fc.date({ min: new Date('1971-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(fc.array(times, { minLength: 2, maxLength: 20 }), (clock) => {
      let last: string | undefined
      for (const now of clock) {
        const next = nextVersionId(now, last)
        if (!isVersionId(next) || (last !== undefined && next <= last)) return false
        last = next
      }
      return true
    }),
  )
  t.end()
})

void t.test('what is no id', (t) => {
  t.ok(isVersionId('2025-03-05T14:01:01.629725'))
  for (const text of [
    '',
    '2025-03-05 14:01:01.629725',
    '2025-03-05T14:01:01.629',
    '2025-13-05T14:01:01.629725',
    '../2025-03-05T14:01:01.629725',
    '2025-03-05T14:01:01.629725/..',
    '.new-abc',
  ])
    t.notOk(isVersionId(text), JSON.stringify(text))
  t.end()
})
