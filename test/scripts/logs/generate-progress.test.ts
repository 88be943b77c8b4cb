import t from 'tap'
import { US_PER_DAY } from '../../../agent/synth/calendar.js'
import type { Unit } from '../../../agent/synth/units.js'
import { Progress, progressText, shareDone } from '../../../scripts/logs/generate-progress.js'
import { MONDAY } from '../../support/generated-log.js'

const REQUEST = {
  start: MONDAY,
  amount: { lines: 1000 },
  endpoints: 1,
  shard: { index: 0, count: 1 },
  wholeEndpoints: false,
} as const

/** A unit of which only endpoint and day matter. */
function unit(endpoint: number, day: number): Unit {
  return { plan: { endpoint: { number: endpoint }, day: MONDAY / US_PER_DAY + day } } as Unit
}

void t.test('how much is done', async (t) => {
  const days = { amount: { duration: 10 * US_PER_DAY } }
  const cases = [
    [{}, unit(0, 0), { lines: 250, bytes: 1 }, 0.25],
    [{ amount: { bytes: 1000 } }, unit(0, 0), { lines: 1, bytes: 500 }, 0.5],
    [{ shard: { index: 1, count: 2 } }, unit(0, 0), { lines: 250, bytes: 1 }, 0.5],
    [{ amount: { bytes: 1000 } }, unit(0, 0), { lines: 1, bytes: 1010 }, 1],
    [days, unit(0, 3), { lines: 1, bytes: 1 }, 0.3],
    [{ ...days, endpoints: 4 }, unit(2, 5), { lines: 1, bytes: 1 }, 0.625],
    [{ ...days, endpoints: 4, shard: { index: 1, count: 2 } }, unit(2, 5), { lines: 1, bytes: 1 }, 0.25],
    [{ ...days, shard: { index: 1, count: 2 } }, unit(0, 6), { lines: 1, bytes: 1 }, 0.2],
    [{ amount: { lines: Number.POSITIVE_INFINITY } }, unit(0, 6), { lines: 1, bytes: 1 }, Number.NaN],
  ] as const
  for (const [request, at, written, share] of cases) {
    const done = shareDone({ ...REQUEST, ...request }, at, written)
    t.strictSame(Math.round(done * 1000) / 1000, share, JSON.stringify(request))
  }
})

void t.test('a terminal sees one line, which ends in the end; nothing else sees a thing', async (t) => {
  const said: string[] = []
  const write = (text: string) => said.push(text)
  const shown = new Progress({ isTTY: true, write }, REQUEST)
  for (let lines = 1; lines < 1000; lines++) shown.update(unit(0, 0), { lines, bytes: 2e6 })
  shown.end({ lines: 1000, bytes: 3e6 })
  t.ok(said.length >= 2 && said.length < 100, `${said.length} times`)
  t.match(said[0]?.split('\u001b[K'), ['\r', /^0 %, 1 lines, 2\.0 MB, [\d,]+ lines\/s$/])
  t.match(said.at(-1)?.split('\u001b[K'), ['\r', /^1,000 lines, 3\.0 MB, [\d,]+ lines\/s\n$/])
  shown.end(undefined)
  t.equal(said.at(-1)?.split('\u001b[K').join(''), '\r', 'a fault has the line to itself')
  const silent = new Progress({ write: () => t.fail('not a word') }, REQUEST)
  silent.update(unit(0, 0), { lines: 1, bytes: 1 })
  silent.end({ lines: 1, bytes: 1 })
})

void t.test('numbers as people read them, in every language alike', async (t) => {
  t.equal(progressText({ lines: 1_250_000, bytes: 278_400_000 }, 500), '1,250,000 lines, 278.4 MB, 2,500,000 lines/s')
  t.equal(progressText({ lines: 0, bytes: 0 }, 0), '0 lines, 0.0 MB, 0 lines/s')
})
