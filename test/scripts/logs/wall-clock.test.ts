import t from 'tap'
import { parseRecord } from '../../../agent/log/record.js'
import { wallClock } from '../../../scripts/logs/wall-clock.js'

void t.test('a time reads as in the log, whatever the time zone here', async (t) => {
  const cases = [
    ['2024/05/04 12:51:41.228554', '2024-05-04 12:51:41.228'],
    ['1969/12/31 23:59:59.999999', '1969-12-31 23:59:59.999'],
    ['0000/01/01 00:00:00.000000', '0000-01-01 00:00:00.000'],
    ['2255/05/31 12:00:00.000000', '2255-05-31 12:00:00.000'],
  ] as const
  for (const [stamp, expected] of cases) {
    const parsed = parseRecord(`${stamp} a p1 t1 info a.cpp:1 b c`)
    t.equal('record' in parsed && wallClock(parsed.record.time), expected)
  }
})
