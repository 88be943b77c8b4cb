import t from 'tap'
import { DAY_MINUTES, hoursOf } from '../../../agent/synth/hours.js'
import { Random } from '../../../agent/synth/random.js'

const HABITS = { begin: 8 * 60 + 30, end: 17 * 60, lunch: 12 * 60 + 15 }
const days = Array.from({ length: 700 }, (_, day) => hoursOf(Random.of('hours', day), day % 7, HABITS))

void t.test('stretches are within the day, in order and apart', async (t) => {
  for (const { awake } of days)
    for (const [i, { from, to }] of awake.entries()) {
      if (!(0 <= from && from < to && to < DAY_MINUTES)) t.fail(`${from} to ${to}`)
      if (i > 0 && from <= awake[i - 1]!.to) t.fail(`${from} after ${awake[i - 1]!.to}`)
    }
  t.ok(days.some(({ awake }) => awake.length > 2))
  t.ok(
    days.some(({ awake }) => awake.length === 0),
    'some days off',
  )
})

void t.test('people work on weekdays, less at lunch and in meetings, and not at night', async (t) => {
  const busy = (weekdays: boolean, from: number, to: number) => {
    const chosen = days.filter((_, day) => day % 7 < 5 === weekdays)
    const sum = chosen.reduce((total, { activity }) => total + activity.slice(from, to).reduce((a, b) => a + b, 0), 0)
    return sum / chosen.length / (to - from)
  }
  t.ok(busy(true, 600, 660) > 0.4, `${busy(true, 600, 660)} at ten`)
  t.ok(busy(true, 740, 770) < busy(true, 600, 660) / 2, 'lunch')
  t.ok(busy(false, 600, 660) < 0.05, 'weekend')
  t.equal(busy(true, 0, 300), 0, 'night, though the computer wakes for updates')
  t.ok(
    days.some(({ awake }) => awake.some(({ to }) => to < 300)),
    'which it does',
  )
  const inMeetings = days.flatMap(({ activity, meetings }) => meetings.map(({ from }) => activity[from]!))
  t.ok(inMeetings.length > 300 && Math.max(...inMeetings) <= 0.36, `${inMeetings.length} meetings`)
})
