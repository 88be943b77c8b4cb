import t, { type Test } from 'tap'
import { SleepWatch } from '../../../agent/location/sleep-watch.js'
import { VirtualTime } from '../../support/virtual-time.js'

/** A watch, and a wall clock that can run ahead of the steady one. */
function watched(t: Test, resumed?: () => void) {
  const time = new VirtualTime()
  const told: string[] = []
  let ahead = 0
  const watch = new SleepWatch({
    now: () => ({ wallMs: 1_700_000_000_000 + time.now + ahead, steadyMs: time.now }),
    resumed: (ms) => {
      told.push(`${time.now} ${ms}`)
      resumed?.()
    },
    schedule: time.schedule,
  })
  t.teardown(() => watch.close())
  const sleep = (ms: number) => {
    ahead += ms
  }
  return { time, told, watch, sleep }
}

void t.test('a computer that is awake has not slept', async (t) => {
  const { time, told } = watched(t)
  time.pass(3_600_000)
  t.strictSame(told, [])
})

void t.test('sleep is told within a second of its end, once, each time', async (t) => {
  const { time, told, sleep } = watched(t)
  time.pass(10_300)
  sleep(8 * 3_600_000)
  time.pass(60_000)
  t.strictSame(told, ['11000 28801000'])
  sleep(4000)
  time.pass(60_000)
  t.equal(told.length, 1, 'a nap is none')
  sleep(-3_600_000)
  time.pass(60_000)
  t.equal(told.length, 1, 'nor is a clock that is set back')
  sleep(6000)
  time.pass(60_000)
  t.equal(told.length, 2)
})

void t.test('a process that was stopped hears of it', async (t) => {
  const { time, told } = watched(t)
  time.freeze(15_000)
  time.pass(10_000)
  t.strictSame(told, [])
  time.freeze(30_000)
  time.pass(10_000)
  t.strictSame(told, ['55000 30000'])
})

void t.test('nothing is told after close, also when the one who is told closes it', async (t) => {
  const first = watched(t)
  first.watch.close()
  first.sleep(3_600_000)
  first.time.pass(60_000)
  t.strictSame([first.told, first.time.waiting], [[], 0])
  const second = watched(t, () => second.watch.close())
  second.sleep(3_600_000)
  second.time.pass(60_000)
  t.strictSame([second.told.length, second.time.waiting], [1, 0])
})

void t.test('by the clocks of this computer', async (t) => {
  const time = new VirtualTime()
  const told: number[] = []
  const watch = new SleepWatch({ resumed: (ms) => told.push(ms), schedule: time.schedule })
  time.pass(100_000)
  t.strictSame(told, [], 'no time has passed on them')
  watch.close()
})
