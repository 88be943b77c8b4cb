import t from 'tap'
import { allSteps, inSlices, type Steps } from '../../agent/stepwise.js'

function* counting(to: number, tick: () => void): Steps<number> {
  for (let step = 0; step < to; step++) {
    tick()
    yield
  }
  return to
}

void t.test('at one go', async (t) => {
  t.equal(allSteps(counting(5, () => {})), 5)
})

void t.test('in slices, with a pause whenever one is over', async (t) => {
  let now = 0
  let pauses = 0
  const tick = (): void => {
    now += 1
  }
  const pause = async (): Promise<void> => {
    pauses += 1
    now += 100
  }
  t.equal(await inSlices(counting(12, tick), 4, () => now, pause), 12)
  t.equal(pauses, 3, 'three slices of four steps')
})
