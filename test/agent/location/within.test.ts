import { getEventListeners } from 'node:events'
import t from 'tap'
import { within } from '../../../agent/location/within.js'

const LONG_MS = 600_000

/** Work that never ends, and whether it was told to. */
function endless() {
  const seen: AbortSignal[] = []
  const work = (over: AbortSignal): Promise<string> => {
    seen.push(over)
    return new Promise(() => {})
  }
  return { seen, work }
}

void t.test('work that ends in time says what it says, and what it left running is told', async (t) => {
  const outer = new AbortController()
  const { seen } = endless()
  const said = await within(LONG_MS, outer.signal, async (over) => {
    seen.push(over)
    return 'done'
  })
  t.equal(said, 'done')
  t.ok(seen[0]?.aborted)
  t.strictSame(getEventListeners(outer.signal, 'abort'), [], 'nothing stays at the outer signal')
  t.notOk(outer.signal.aborted)
})

void t.test('work that does not end is told when time is up', async (t) => {
  const { seen, work } = endless()
  t.equal(await within(20, undefined, work), undefined)
  t.ok(seen[0]?.aborted)
})

void t.test('work is given up with the outer signal, at once', async (t) => {
  const outer = new AbortController()
  const { seen, work } = endless()
  const said = within(LONG_MS, outer.signal, work)
  t.notOk(seen[0]?.aborted)
  outer.abort()
  t.equal(await said, undefined)
  t.ok(seen[0]?.aborted)
})

void t.test('work is not begun when the outer signal is over', async (t) => {
  const { seen, work } = endless()
  t.equal(await within(LONG_MS, AbortSignal.abort(), work), undefined)
  t.strictSame(seen, [])
})

void t.test('work that fails rejects as it did; failing after its time it breaks nothing', async (t) => {
  await t.rejects(
    within(LONG_MS, undefined, () => Promise.reject(new Error('oh'))),
    { message: 'oh' },
  )
  const late = within(10, undefined, (over) => {
    return new Promise((_, reject) => over.addEventListener('abort', () => reject(new Error('too late'))))
  })
  t.equal(await late.catch(() => undefined), undefined)
})
