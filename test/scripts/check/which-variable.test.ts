/** The search for the one variable that does it: what it finds, and with how few runs. */

import fc from 'fast-check'
import t from 'tap'
import { whichVariable } from '../../../scripts/check/which-variable.js'

/** A program that needs all of these, and counts its runs. */
function programThatNeeds(...needed: readonly string[]) {
  const runs: (readonly string[])[] = []
  const works = async (variables: readonly string[]): Promise<boolean> => {
    runs.push(variables)
    return needed.every((variable) => variables.includes(variable))
  }
  return { runs, works }
}

const CANDIDATES = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K']

void t.test('a likely variable that does it takes one run', async (t) => {
  const { runs, works } = programThatNeeds('K')
  t.equal(await whichVariable({ candidates: CANDIDATES, likely: ['K', 'A'], works }), 'K')
  t.strictSame(runs, [['K']])
})

void t.test('a likely variable that was not set is not tried', async (t) => {
  const { runs, works } = programThatNeeds('A')
  t.equal(await whichVariable({ candidates: ['A'], likely: ['Z'], works }), 'A')
  t.strictSame(runs, [['A']])
})

void t.test('without candidates there is nothing to run', async (t) => {
  const { runs, works } = programThatNeeds()
  t.equal(await whichVariable({ candidates: [], likely: ['A'], works }), undefined)
  t.equal(runs.length, 0)
})

void t.test('any single one is found within the bound', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.nat(), fc.subarray(CANDIDATES), async (count, at, likely) => {
      const candidates = Array.from({ length: count }, (_, n) => CANDIDATES[n] ?? `V${n}`)
      const wanted = candidates[at % count]!
      const { runs, works } = programThatNeeds(wanted)
      t.equal(await whichVariable({ candidates, likely, works }), wanted)
      t.ok(runs.length <= 2 + Math.ceil(Math.log2(count)) + 1, `${runs.length} runs for ${count}`)
    }),
    { numRuns: 200 },
  )
})

void t.test('a program that needs two is not told that one will do', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.subarray(CANDIDATES, { minLength: 2, maxLength: 3 }),
      fc.subarray(CANDIDATES),
      async (needed, likely) => {
        const { works } = programThatNeeds(...needed)
        t.equal(await whichVariable({ candidates: CANDIDATES, likely, works }), undefined)
      },
    ),
    { numRuns: 200 },
  )
})
