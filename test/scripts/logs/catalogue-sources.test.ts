import t from 'tap'
import { CATALOGUE } from '../../../agent/log/catalogue.js'
import { CATALOGUE_SOURCES, firstSource } from '../../../scripts/logs/catalogue-sources.js'

void t.test('every message that is not ours has a known source first', async (t) => {
  for (const { event, certainty, source } of CATALOGUE)
    t.equal(firstSource(source) === undefined, certainty === 'invented', `${event}: ${source}`)
})

void t.test('every source is used', async (t) => {
  const used = new Set(CATALOGUE.map(({ source }) => firstSource(source)))
  for (const tag of Object.keys(CATALOGUE_SOURCES))
    t.ok(
      [...used].some((other) => other === tag),
      tag,
    )
})

void t.test('what a source says more, or in other words', async (t) => {
  t.equal(firstSource('founding document; COM [22]'), 'COM')
  t.equal(firstSource('TAB, SKL [40-42]: a join of two cut lines'), 'TAB')
  t.equal(firstSource('no public line'), undefined)
  t.equal(firstSource('XYZ [1]'), undefined)
})
