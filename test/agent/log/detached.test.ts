import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { detached } from '../../../agent/log/detached.js'

void t.test('a copy is the same text', async (t) => {
  for (const text of ['', 'a', 'münchen', '例え', '"\\\n\u2028', '\ud800', 'x'.repeat(100_000)])
    t.equal(detached(text), text)
})

/** MB that the heap grows by when pieces of 200 long strings, 40 MB together, are kept. */
function growth(keep: (piece: string) => string): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const before = process.memoryUsage().heapUsed
  const kept = Array.from({ length: 200 }, (_, i) => keep(Buffer.alloc(200_000, i).toString('latin1').slice(0, 50)))
  collect()
  return kept.length > 0 ? (process.memoryUsage().heapUsed - before) / 1e6 : 0
}

void t.test('and does not keep the long one, as a piece does', async (t) => {
  t.ok(growth(detached) < 10)
  t.ok(growth((piece) => piece) > 30)
  t.ok(growth((piece) => detached(`${piece} and more`)) < 10)
})
