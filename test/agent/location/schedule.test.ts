import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { scheduleQuietly } from '../../../agent/location/schedule.js'

void t.test('calls back once, unless it was taken back', async (t) => {
  const events = new EventTarget()
  let taken = 0
  const takeBack = scheduleQuietly(1, () => (taken += 1))
  takeBack()
  const due = once(events, 'due')
  const takeBackLate = scheduleQuietly(20, () => events.dispatchEvent(new Event('due')))
  // The quiet timer alone would let this process end.
  const alive = setInterval(() => {}, 1000)
  await due
  clearInterval(alive)
  takeBackLate()
  t.equal(taken, 0)
})

void t.test('keeps no process alive', async (t) => {
  const module = new URL('../../../agent/location/schedule.js', import.meta.url).href
  const script = `import { scheduleQuietly } from '${module}'; scheduleQuietly(60000, () => {})`
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 5000 })
  t.equal(status, 0)
})
