import t from 'tap'
import { sleptMs } from '../../../agent/location/sleep.js'

void t.test('how long nothing ran, by two clocks', async (t) => {
  const cases: readonly [why: string, wallMs: number, steadyMs: number, slept: number | undefined][] = [
    ['a second later', 1000, 1000, undefined],
    ['a busy machine', 14_000, 14_000, undefined],
    ['exactly fifteen seconds', 15_000, 15_000, undefined],
    ['a stopped process', 15_001, 15_001, 15_001],
    ['a stopped process whose clock was set back', -90_000, 20_000, 20_000],
    ['a computer that slept for an hour', 3_601_000, 1000, 3_601_000],
    ['one that slept for a moment', 5900, 1000, undefined],
    ['exactly five seconds ahead', 6000, 1000, undefined],
    ['a bit more', 6001, 1000, 6001],
    ['slept, and was stopped then', 100_000, 20_000, 100_000],
    ['a clock that is set back', -3_600_000, 1000, undefined],
    ['a clock that is set forward is taken for sleep', 3_601_000, 1000, 3_601_000],
    ['no time at all', 0, 0, undefined],
  ]
  const before = { wallMs: 1_700_000_000_000, steadyMs: 12_345.5 }
  for (const [why, wall, steady, slept] of cases) {
    const after = { wallMs: before.wallMs + wall, steadyMs: before.steadyMs + steady }
    t.equal(sleptMs(before, after), slept, why)
  }
})
