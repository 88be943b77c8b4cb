/** The map of the entries most recently used. */

import fc from 'fast-check'
import t from 'tap'
import { RecentMap } from '../../certs/recent-map.js'

void t.test('the entry used the longest ago makes room', async (t) => {
  const map = new RecentMap<number>(2)
  map.set('a', 1)
  map.set('b', 2)
  t.equal(map.get('a'), 1, 'used again')
  map.set('c', 3)
  t.equal(map.size, 2)
  t.equal(map.get('b'), undefined, 'gone')
  t.equal(map.get('a'), 1, 'kept, for it was used')
  map.set('c', 4)
  t.equal(map.get('c'), 4, 'the later value')
  t.equal(map.size, 2)
})

void t.test('it is never larger than its limit, and knows what was set last', async () => {
  const entries = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat()), { minLength: 1 })
  fc.assert(
    fc.property(entries, fc.integer({ min: 1, max: 4 }), (sets, limit) => {
      const map = new RecentMap<number>(limit)
      return sets.every(([key, value]) => {
        map.set(key, value)
        return map.size <= limit && map.get(key) === value
      })
    }),
  )
})
