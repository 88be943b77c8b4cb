import fc from 'fast-check'
import t from 'tap'
import { checkFile } from '../../../../agent/config/check.js'
import { prune } from '../../../../agent/config/import/prune.js'

const GOOD = { action: 1, appName: 'A', app_domains: ['a.example'], mode: 'direct', processName: 'a' }

void t.test('what is good stays the very value', async (t) => {
  const value = { certPinnedAppList: [GOOD], some_news: { x: 1 } }
  const pruned = prune('nsbypass.json', value)
  t.equal(pruned?.value, value)
  t.strictSame(pruned?.notes, [])
})

void t.test('the smallest part that will do is taken out, and named as it was in the source', async (t) => {
  const list = [
    'no object',
    { ...GOOD, app_domains: ['bad domain', 'a.example', 7] },
    { ...GOOD, processName: 7 },
    { ...GOOD, processName: undefined },
    { ...GOOD, rowID: 7 },
    { ...GOOD, action: 'x', mode: 'y' },
    GOOD,
  ]
  const pruned = prune('nsbypass.json', { certPinnedAppList: list, keep: 1 })
  t.strictSame(pruned?.value, { certPinnedAppList: [GOOD, GOOD, GOOD], keep: 1 })
  const notes = pruned?.notes.map(({ path, reason }) => `${path} ${reason}`).sort()
  const item = 'nsbypass.json $.certPinnedAppList'
  t.match(
    notes,
    [
      `${item}[0] left out: allowed is an object`,
      `${item}[1].app_domains[0] left out: allowed is a domain`,
      `${item}[1].app_domains[2] left out: allowed is a domain`,
      `${item}[2] left out: allowed as processName is a string`,
      `${item}[3] left out: allowed as processName is a string`,
      `${item}[4].rowID left out: allowed is a string`,
      `${item}[5] left out: allowed as action is 1 (bypass)`,
      `${item}[5] left out: allowed as action is 1 (bypass)`,
    ].slice(0, notes?.length),
  )
  t.equal(new Set(notes?.map((note) => note.split(' left')[0])).size, 7)
})

void t.test('a file without what must be there is given back to its check', async (t) => {
  t.equal(prune('nsexception.json', { names: [] }), undefined)
  t.equal(prune('nsexception.json', { names: 'x', ips: [] }), undefined)
  t.equal(prune('nsconfig.json', { nsgw: { host: 'h' } }), undefined)
  t.equal(prune('nsexception.json', 'x'), undefined)
  t.equal(prune('nsexception.json', { names: Array(1001).fill(7), ips: [] }), undefined, 'nor is one of rubbish')
  t.strictSame(prune('nsexception.json', { names: Array(999).fill(7), ips: [] })?.value, { names: [], ips: [] })
})

void t.test('what is left is good, whatever there was', async () => {
  const entry = fc.oneof(fc.constantFrom('a.example', '*.b.example', 7, null, 'a b'), fc.jsonValue({ maxDepth: 2 }))
  const ip = fc.record({ type: entry, value: fc.oneof(entry, fc.constant('10.0.0.0/8')) }, { requiredKeys: [] })
  const file = fc.record({ names: fc.array(entry), ips: fc.array(fc.oneof(ip, entry)), dns: fc.array(ip), on_prem: ip })
  const property = fc.property(file, (value) => {
    const pruned = prune('nsexception.json', value)
    return pruned === undefined || 'value' in checkFile('nsexception.json', JSON.stringify(pruned.value))
  })
  fc.assert(property, { numRuns: 500 })
})

void t.test('a key that no file may have goes, wherever it stands', async (t) => {
  const value = JSON.parse('{"names": [], "ips": [], "kept": {"a": [{"__proto__": 1, "b": 2}]}}')
  const pruned = prune('nsexception.json', value)
  t.strictSame(pruned?.value, { names: [], ips: [], kept: { a: [{ b: 2 }] } })
  t.match(pruned?.notes, [{ path: /__proto__/, reason: 'left out: allowed is any other key' }])
})
