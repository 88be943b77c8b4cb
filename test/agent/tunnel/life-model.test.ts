/**
 * The tunnel's life under any sequence of events, wanted or not: after each of them state, commands and the books of the
 * keeper fit together (test/support/life-ledger.ts), and from wherever it is, a network that works brings the tunnel up.
 */

import fc from 'fast-check'
import t from 'tap'
import type { LifeEvent, LifeSettings } from '../../../agent/tunnel/life-state.js'
import { LifeLedger } from '../../support/life-ledger.js'
import { stateInWords, targetOf } from '../../support/life-words.js'

const settings = fc.record({
  wanted: fc.constantFrom('TLS' as const, 'DTLS' as const),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
})

function settingsOf({ wanted, random }: { wanted: 'TLS' | 'DTLS'; random: number }): LifeSettings {
  return { wanted, reselectMs: 840_000, backoff: { firstMs: 50, longestMs: 10_000 }, random: () => random }
}

const targets = fc.shuffledSubarray([...'ABCDZ']).map((letters) => letters.map(targetOf))
const livedMs = fc.constantFrom(0, 2999, 3000, 1_000_000)
/** Above it, a run that never was. */
const anyRun = fc.nat(30)

/** What was asked for is answered; in between, what the user and the network do; and what nobody waits for. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('answer' as const), works: fc.boolean(), targets, keep: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('lose' as const), livedMs }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fire' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('set' as const), settings }) },
  {
    weight: 3,
    arbitrary: fc.oneof(
      ...(['enable', 'enable', 'network-changed', 'reselect', 'renew', 'retry', 'disable'] as const).map((type) =>
        fc.record({ do: fc.constant('happen' as const), event: fc.record({ type: fc.constant(type) }) }),
      ),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('happen' as const),
      event: fc.oneof(
        fc.record({ type: fc.constant('selected' as const), run: anyRun, targets, keep: fc.boolean() }),
        fc.record({ type: fc.constantFrom('opened' as const, 'failed' as const), run: anyRun }),
        fc.record({ type: fc.constant('lost' as const), run: anyRun, livedMs }),
      ),
    }),
  },
)

type ModelStep = typeof step extends fc.Arbitrary<infer Value> ? Value : never

function answer(
  ledger: LifeLedger,
  { works, targets, keep }: Extract<ModelStep, { do: 'answer' }>,
): LifeEvent | undefined {
  const { work } = ledger
  if (work === undefined) return undefined
  if (work.kind === 'select') return { type: 'selected', run: work.run, targets, keep }
  return { type: works ? 'opened' : 'failed', run: work.run }
}

/** Takes one step of a sequence. */
function take(ledger: LifeLedger, step: Exclude<ModelStep, { do: 'set' }>, settings: LifeSettings): void {
  if (step.do === 'fire') return void ledger.fire(settings)
  const { inUse } = ledger
  const lost: LifeEvent | undefined =
    step.do === 'lose' && inUse !== undefined ? { type: 'lost', run: inUse, livedMs: step.livedMs } : undefined
  const event = step.do === 'happen' ? step.event : step.do === 'answer' ? answer(ledger, step) : lost
  if (event !== undefined) ledger.step(event, settings)
}

/** From here on everything works; returns how many steps it takes until the tunnel is up. */
function stepsUntilUp(ledger: LifeLedger, settings: LifeSettings): number {
  ledger.step({ type: 'enable' }, settings)
  for (let steps = 0; steps < 10; steps += 1) {
    if (ledger.inUse !== undefined) return steps
    const event = answer(ledger, { do: 'answer', works: true, targets: [targetOf('A')], keep: false })
    if (event === undefined) ledger.fire(settings)
    else ledger.step(event, settings)
  }
  return Number.POSITIVE_INFINITY
}

const sequences = fc.array(step, { maxLength: 120, size: 'max' })

void t.test('after every event of any sequence, state, commands and books agree', async (t) => {
  const met = new Map<string, number>()
  fc.assert(
    fc.property(settings, sequences, (start, steps) => {
      let current = settingsOf(start)
      const ledger = new LifeLedger()
      ledger.step({ type: 'enable' }, current)
      for (const step of steps) {
        if (step.do === 'set') current = settingsOf(step.settings)
        else take(ledger, step, current)
        const { phase } = ledger.life
        const name = phase.name === 'up' ? `up, ${phase.beside?.name}` : phase.name
        met.set(name, (met.get(name) ?? 0) + 1)
      }
      // Waiting, selecting and opening: three answers at most.
      return stepsUntilUp(ledger, current) <= 3
    }),
    { numRuns: 3000, includeErrorInReport: true },
  )
  t.equal(met.size, 7, [...met.keys()].join('; '))
  for (const [name, times] of met) t.ok(times > 500, `${name}: ${times} times`)
})

void t.test('closed, it stays so whatever happens', async () => {
  fc.assert(
    fc.property(settings, sequences, sequences, (start, before, after) => {
      const ledger = new LifeLedger()
      const all = settingsOf(start)
      ledger.step({ type: 'enable' }, all)
      for (const step of before) if (step.do !== 'set') take(ledger, step, all)
      ledger.step({ type: 'close' }, all)
      for (const step of after) if (step.do !== 'set') take(ledger, step, all)
      return stateInWords(ledger.life).startsWith('off: the agent is stopping') && ledger.inUse === undefined
    }),
  )
})
