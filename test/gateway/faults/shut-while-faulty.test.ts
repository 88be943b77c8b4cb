/** A door that follows its fault, whenever that comes and goes. */

import fc from 'fast-check'
import t from 'tap'
import { FaultBoard } from '../../../gateway/faults/fault-board.js'
import { shutWhileFaulty } from '../../../gateway/faults/shut-while-faulty.js'
import { waitUntil } from '../../support/wait-until.js'

const POP = { pop: 'A' }

/** A door that keeps what was done to it; each move ends when `finish` is called. */
function newDoor() {
  const moves: string[] = []
  const moving: (() => void)[] = []
  const move = (name: string) => {
    moves.push(moving.length > 0 ? `${name} too early` : name)
    return new Promise<void>((resolve) => moving.push(resolve))
  }
  const finish = async () => {
    moving.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { door: { open: () => move('open'), shut: () => move('shut') }, moves, moving, finish }
}

void t.test('it shuts, opens again, and is shut for good in the end', async (t) => {
  const board = new FaultBoard({ now: Date.now })
  const { door, moves, finish } = newDoor()
  const close = await shutWhileFaulty(door, board.source(POP), (kind) => kind === 'down')
  board.set(POP, { kind: 'loss' })
  await finish()
  t.strictSame(moves, [], 'open as it was, and a fault that does not shut it')
  board.set(POP, { kind: 'down' })
  await finish()
  t.strictSame(moves, ['shut'])
  await finish()
  board.clear()
  await finish()
  await finish()
  t.strictSame(moves, ['shut', 'open'])
  const closing = Promise.all([close(), close()])
  await finish()
  await finish()
  await closing
  board.set(POP, { kind: 'down' })
  board.clear()
  await finish()
  t.strictSame(moves, ['shut', 'open', 'shut'])
})

void t.test('what cannot be opened is tried again, until it is shut for good', async (t) => {
  const board = new FaultBoard({ now: Date.now })
  board.set(POP, { kind: 'down' })
  let tries = 0
  const door = {
    open: async () => {
      tries += 1
      if (tries !== 2) throw new Error('taken')
    },
    shut: async () => {},
  }
  const close = await shutWhileFaulty(door, board.source(POP), () => true)
  board.clear()
  await waitUntil(() => tries === 2)
  board.set(POP, { kind: 'down' })
  board.clear()
  await new Promise((resolve) => setImmediate(resolve))
  const before = tries
  await close()
  await new Promise((resolve) => setTimeout(resolve, 300))
  t.equal(tries, before, 'not after that')
})

void t.test('whatever comes, it moves one step at a time and ends as the last fault says', async () => {
  const steps = fc.array(fc.constantFrom('down', 'mend', 'finish'), { maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const board = new FaultBoard({ now: Date.now })
      const { door, moves, moving, finish } = newDoor()
      await shutWhileFaulty(door, board.source(POP), () => true)
      for (const step of steps)
        if (step === 'down') board.set(POP, { kind: 'down' })
        else if (step === 'mend') board.clear()
        else await finish()
      do await finish()
      while (moving.length > 0)
      const isShut = moves.length % 2 === 1
      const inTurn = moves.every((move, index) => move === (index % 2 === 0 ? 'shut' : 'open'))
      return inTurn && isShut === board.list().length > 0
    }),
  )
})
