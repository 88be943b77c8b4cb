import fc from 'fast-check'
import t from 'tap'
import { US_PER_DAY } from '../../../agent/synth/calendar.js'
import { timeOrder } from '../../../agent/synth/time-order.js'

void t.test('places come in order of time, equal times as they are', async (t) => {
  const times = fc.array(fc.oneof(fc.nat(5), fc.nat(US_PER_DAY), fc.constantFrom(0, US_PER_DAY - 1, US_PER_DAY + 5)))
  fc.assert(
    fc.property(times, (list) => {
      const expected = list.map((time, place) => ({ time, place })).sort((a, b) => a.time - b.time || a.place - b.place)
      const order = [...timeOrder(Float64Array.from(list), list.length)]
      return JSON.stringify(order) === JSON.stringify(expected.map(({ place }) => place))
    }),
    { numRuns: 2000 },
  )
  t.strictSame([...timeOrder(new Float64Array(0), 0)], [], 'a day without a line')
  t.strictSame([...timeOrder(Float64Array.from([9, 3, 1]), 2)], [1, 0], 'only the first so many count')
})
