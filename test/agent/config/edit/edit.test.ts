import t from 'tap'
import { editLists, type ListEdit, setMode, valueAt, withValueAt } from '../../../../agent/config/edit/edit.js'
import type { FileValue } from '../../../../agent/config/edit/file-value.js'

/** Appends a text to a list unless it is there. */
const adding = (text: string, key = 'names'): ListEdit => ({
  key,
  subject: text,
  apply: (list) => (list.includes(text) ? undefined : [...list, text]),
})

void t.test("the file's own list changes, and nothing else of it", async (t) => {
  const file: FileValue = { first: 1, names: ['a'], unknown: { deep: [1] }, ips: [] }
  const { value, done, idle } = editLists(file, [], [adding('b'), adding('a'), adding('x', 'dns')])
  t.equal(JSON.stringify(value), '{"first":1,"names":["a","b"],"unknown":{"deep":[1]},"ips":[],"dns":["x"]}')
  t.strictSame([done, idle], [['b', 'x'], ['a']])
  t.strictSame(file['names'], ['a'], 'the value that was given stays')
  t.equal(editLists(file, [], [adding('a')]).value, file, 'the same value when nothing changes')
})

void t.test("a half without a list of its own begins with a copy of the file's", async (t) => {
  const file = { names: ['a'], on_prem: { names: ['b'], more: 1 } }
  const both = editLists(file, ['on_prem', 'off_prem'], [adding('c')])
  t.strictSame(both.value, { names: ['a'], on_prem: { names: ['b', 'c'], more: 1 }, off_prem: { names: ['a', 'c'] } })
  t.strictSame(both.done, ['c'])
  const one = editLists(both.value, ['on_prem', 'off_prem'], [adding('b')])
  t.strictSame([one.done, one.value['off_prem']], [['b'], { names: ['a', 'c', 'b'] }], 'one half had it')
})

void t.test('without a half, a list that no half would look at is a mistake', async (t) => {
  for (const half of ['on_prem', 'off_prem'])
    t.throws(() => editLists({ names: [], [half]: { names: [] } }, [], [adding('a')]), {
      code: 'half-needed',
      exitCode: 2,
      message: `${half} has names of its own: say --half on-prem, off-prem or both`,
    })
  const other = editLists({ names: [], on_prem: { ips: [] } }, [], [adding('a')])
  t.strictSame(other.value['names'], ['a'], 'a half with another list does not matter')
})

void t.test('lists that hold together are not copied', async (t) => {
  const file = { source_countries: ['DE'], on_prem: { source_countries: ['FR'] } }
  t.strictSame(editLists(file, [], [adding('AT', 'source_countries')]).value['source_countries'], ['DE', 'AT'])
  const half = editLists({ categories: ['a'] }, ['off_prem'], [adding('b', 'categories')])
  t.strictSame(half.value, { categories: ['a'], off_prem: { categories: ['b'] } })
})

void t.test('modes, and the switch for none', async (t) => {
  const plain = { domains: ['x'], traffic_mode: 'web' }
  t.strictSame(setMode(plain, 'all', []), { domains: ['x'], traffic_mode: 'all' })
  const none = setMode(plain, 'none', [])
  t.strictSame(none, { ...plain, steering_method_none: 1 })
  t.strictSame(setMode(none, 'cloud-apps', []), { ...plain, steering_method_none: 0, traffic_mode: 'cloud-apps' })
  t.strictSame(setMode(plain, 'web', []), plain)
})

void t.test('modes of halves', async (t) => {
  const dynamic = { traffic_mode: 'web', dynamic_steering: 1, off_prem: { domains: ['x'] } }
  t.strictSame(setMode(dynamic, 'all', ['off_prem']), { ...dynamic, off_prem: { domains: ['x'], traffic_mode: 'all' } })
  const none = setMode(dynamic, 'none', ['on_prem', 'off_prem'])
  t.strictSame(none, { ...dynamic, onprem_steering_method_none: 1, offprem_steering_method_none: 1 })
  t.match(setMode(none, 'web', ['on_prem']), {
    on_prem: { traffic_mode: 'web' },
    onprem_steering_method_none: 0,
    offprem_steering_method_none: 1,
  })
  t.throws(() => setMode(dynamic, 'all', []), { code: 'half-needed', exitCode: 2 })
  t.throws(() => setMode({ traffic_mode: 'web' }, 'all', ['on_prem']), { code: 'not-dynamic', exitCode: 2 })
})

void t.test('one value at a path', async (t) => {
  const file = { a: { b: '1', c: 2 }, d: 3 }
  t.equal(valueAt(file, ['a', 'b']), '1')
  for (const path of [['x'], ['a', 'x'], ['d', 'x'], ['toString'], ['a', 'b', 'length']])
    t.equal(valueAt(file, path), undefined, path.join('.'))
  t.equal(JSON.stringify(withValueAt(file, ['a', 'b'], '0')), '{"a":{"b":"0","c":2},"d":3}')
  t.strictSame(withValueAt({}, ['a', 'b'], [1]), { a: { b: [1] } })
})
