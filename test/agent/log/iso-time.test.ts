import t from 'tap'
import { isoTime } from '../../../agent/log/iso-time.js'

void t.test('a time as other programs read it, to the microsecond', async (t) => {
  t.equal(isoTime(Date.UTC(2024, 3, 28, 11, 2, 28, 408) * 1000 + 7), '2024-04-28T11:02:28.408007')
  t.equal(isoTime(0), '1970-01-01T00:00:00.000000')
})
