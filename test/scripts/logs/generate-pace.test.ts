import t from 'tap'
import { liveLines, Pace } from '../../../scripts/logs/generate-pace.js'

void t.test('lines are held back until they are due', async (t) => {
  const pace = new Pace(1000)
  const { signal } = new AbortController()
  const begun = performance.now()
  await pace.until(20, signal)
  await pace.until(60, signal)
  const took = performance.now() - begun
  t.ok(took > 58 && took < 1000, `${took} ms`)
  await pace.until(1, signal)
  t.ok(performance.now() - begun - took < 50, 'who is late does not wait')
})

void t.test('the signal ends a wait of any length', async (t) => {
  const stop = new AbortController()
  const begun = performance.now()
  setTimeout(() => stop.abort(), 10)
  await new Pace(1e-9).until(1, stop.signal)
  await new Pace(1e-9).until(1, stop.signal)
  t.ok(performance.now() - begun < 1000)
})

void t.test('the faster, the more lines at once; slow ones come alone', async (t) => {
  t.equal(liveLines(0.1).lines, 1)
  t.equal(liveLines(19).lines, 1)
  t.equal(liveLines(2000).lines, 100)
})

void t.test('stamps are the wall clock here', async (t) => {
  const here = new Date()
  const reading = Date.UTC(
    here.getFullYear(),
    here.getMonth(),
    here.getDate(),
    here.getHours(),
    here.getMinutes(),
    here.getSeconds(),
    here.getMilliseconds(),
  )
  const now = liveLines(1).now()
  t.ok(Number.isInteger(now))
  t.ok(Math.abs(now / 1000 - reading) < 1000, `${now} at ${here}`)
})
