/** What the board holds, for how long, and who is told. */

import fc from 'fast-check'
import t from 'tap'
import { FaultBoard, type StandingFault } from '../../../gateway/faults/fault-board.js'
import { waitUntil } from '../../support/wait-until.js'

const START = Date.parse('2025-03-05T12:00:00Z')
const ORD = { pop: 'US-ORD1' }
const DOH = { service: 'doh' } as const

/** A board whose clock stands still until it is moved. */
function newBoard() {
  const clock = { now: START }
  return { clock, board: new FaultBoard({ now: () => clock.now }) }
}

void t.test('a source has what was set last for its target, and nothing of others', async (t) => {
  const { board } = newBoard()
  const [doh, ldns, ord] = [board.source(DOH), board.source({ service: 'ldns' }), board.source(ORD)]
  t.equal(doh.current, undefined)
  board.set(DOH, { kind: 'refuse' })
  board.set(ORD, { kind: 'rtt', ms: 300 })
  board.set(DOH, { kind: 'slow', ms: 5 })
  t.strictSame(doh.current, { kind: 'slow', ms: 5 })
  t.strictSame(ord.current, { kind: 'rtt', ms: 300 })
  t.equal(ldns.current, undefined)
  t.equal(board.source({ pop: 'doh' }).current, undefined, 'a POP of the name of a service is another target')
  t.strictSame(board.source(ORD).current, ord.current, 'a source made later too')
  t.strictSame(board.list(), [
    { pop: 'US-ORD1', fault: { kind: 'rtt', ms: 300 }, until: null },
    { service: 'doh', fault: { kind: 'slow', ms: 5 }, until: null },
  ])
  board.clear(DOH)
  t.equal(doh.current, undefined)
  t.strictSame(ord.current, { kind: 'rtt', ms: 300 })
  board.clear()
  t.strictSame([ord.current, board.list()], [undefined, []])
})

void t.test('listeners hear of each change of their own target, and of nothing else', async (t) => {
  const { board } = newBoard()
  const heard: string[] = []
  const doh = board.source(DOH)
  doh.onChange(() => heard.push(doh.current?.kind ?? 'none'))
  const told = (change: () => void): readonly string[] => {
    heard.length = 0
    change()
    return [...heard]
  }
  t.strictSame(
    told(() => board.set(DOH, { kind: 'refuse' })),
    ['refuse'],
  )
  t.strictSame(
    told(() => board.set(DOH, { kind: 'refuse' }, 60_000)),
    [],
    'the same, but for how long',
  )
  t.strictSame(
    told(() => board.set(DOH, { kind: 'slow', ms: 1 })),
    ['slow'],
  )
  t.strictSame(
    told(() => board.set(DOH, { kind: 'slow', ms: 2 })),
    ['slow'],
  )
  t.strictSame(
    told(() => board.set(ORD, { kind: 'down' })),
    [],
    "another's",
  )
  t.strictSame(
    told(() => board.clear(DOH)),
    ['none'],
  )
  t.strictSame(
    told(() => board.clear(DOH)),
    [],
    'there was none',
  )
  doh.onChange(() => heard.push('second'))
  t.strictSame(
    told(() => board.set(DOH, { kind: 'empty' })),
    ['empty', 'second'],
  )
  t.strictSame(
    told(() => board.clear()),
    ['none', 'second'],
  )
})

void t.test('a listener may change the board', async (t) => {
  const { board } = newBoard()
  board.source(DOH).onChange(() => board.clear(ORD))
  board.set(ORD, { kind: 'down' })
  board.set(DOH, { kind: 'refuse' })
  t.strictSame(board.list(), [{ service: 'doh', fault: { kind: 'refuse' }, until: null }])
})

void t.test('a fault with a time ends by itself, the soonest first', async (t) => {
  const board = new FaultBoard({ now: Date.now })
  const [doh, ord] = [board.source(DOH), board.source(ORD)]
  const ends: string[] = []
  doh.onChange(() => ends.push(`doh ${doh.current?.kind}`))
  ord.onChange(() => ends.push(`ord ${ord.current?.kind}`))
  board.set(ORD, { kind: 'loss' }, 120)
  board.set(DOH, { kind: 'refuse' }, 40)
  board.set({ service: 'gslb' }, { kind: 'empty' })
  const begun = performance.now()
  await waitUntil(() => doh.current === undefined)
  t.ok(performance.now() - begun > 35, 'not before its time')
  t.strictSame(ord.current, { kind: 'loss' })
  await waitUntil(() => ord.current === undefined)
  t.ok(performance.now() - begun > 115, 'nor this')
  t.strictSame(ends, ['ord loss', 'doh refuse', 'doh undefined', 'ord undefined'])
  t.strictSame(board.list(), [{ service: 'gslb', fault: { kind: 'empty' }, until: null }], 'one without a time stays')
})

void t.test('a new fault has a time of its own', async (t) => {
  const board = new FaultBoard({ now: Date.now })
  board.set(DOH, { kind: 'refuse' }, 20)
  board.set(DOH, { kind: 'empty' })
  board.set(ORD, { kind: 'down' }, 60)
  await waitUntil(() => board.source(ORD).current === undefined)
  t.strictSame(board.source(DOH).current, { kind: 'empty' })
})

void t.test('a restarted process is told all anew, as JSON', async (t) => {
  const { board, clock } = newBoard()
  board.set(ORD, { kind: 'rtt', ms: 80 }, 10_000)
  board.set(DOH, { kind: 'garbage' })
  board.set({ service: 'gslb' }, { kind: 'refuse' }, 1000)
  t.equal(board.list()[0]?.until, '2025-03-05T12:00:10.000Z')
  clock.now += 5000
  const other = new FaultBoard({ now: () => clock.now })
  let changes = 0
  other.source(ORD).onChange(() => changes++)
  other.set({ service: 'ldns' }, { kind: 'empty' })
  const told = JSON.parse(JSON.stringify(board.list())) as StandingFault[]
  other.replaceAll(told)
  t.strictSame(other.list(), told.slice(0, 2), 'but for what is over and what was there before')
  other.replaceAll(told)
  t.equal(changes, 1, 'told twice is one change')
  other.replaceAll([])
  t.strictSame([other.list(), changes], [[], 2])
})

void t.test('any sequence of changes leaves one fault a target, the newest, and sources that agree', async () => {
  const target = fc.constantFrom<{ readonly pop: string }[]>({ pop: 'A' }, { pop: 'B' }, { pop: 'C' })
  const step = fc.tuple(target, fc.option(fc.integer({ min: 0, max: 3 })))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { board } = newBoard()
      const expected = new Map<string, number>()
      const heard = new Map<string, number | undefined>()
      for (const pop of ['A', 'B', 'C']) {
        const source = board.source({ pop })
        source.onChange(() => heard.set(pop, source.current?.kind === 'rtt' ? source.current.ms : undefined))
      }
      for (const [{ pop }, ms] of steps) {
        expected.delete(pop)
        if (ms === null) board.clear({ pop })
        else {
          board.set({ pop }, { kind: 'rtt', ms })
          expected.set(pop, ms)
        }
      }
      const listed = board
        .list()
        .map((held) => ('pop' in held && held.fault.kind === 'rtt' ? [held.pop, held.fault.ms] : []))
      const agree = ['A', 'B', 'C'].every((pop) => heard.get(pop) === expected.get(pop))
      return agree && JSON.stringify(listed) === JSON.stringify([...expected])
    }),
  )
})
