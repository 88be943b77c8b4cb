import fc from 'fast-check'
import t from 'tap'
import { logFamily, oldestFirst } from '../../../scripts/logs/rotation-order.js'

const FAMILIES: ReadonlyArray<readonly [name: string, family: string | undefined]> = [
  ['nsdebuglog.log', 'nsdebuglog'],
  ['nsdebuglog.1.log', 'nsdebuglog'],
  ['nsdebuglog.12.log.gz', 'nsdebuglog'],
  ['NSDebugLog.LOG', 'nsdebuglog'],
  ['nsdebug.log', 'nsdebug'],
  ['nsdebug.3.log', 'nsdebug'],
  ['npadebuglog.log', undefined],
  ['nsAuxiSvc.log', undefined],
  ['nsInstallation.log', undefined],
  ['nsdebuglog.log.bak', undefined],
  ['nsdebuglog.old.log', undefined],
  ['nsdebuglog..log', undefined],
  ['nsdebuglog.-1.log', undefined],
  ['._nsdebuglog.log', undefined],
  ['nsdebuglog.log.jsonl', undefined],
  ['logs/nsdebuglog.log', undefined],
  ['', undefined],
]

void t.test('a log is known by its name, and what lies beside it is not taken for one', async (t) => {
  for (const [name, family] of FAMILIES) t.equal(logFamily(name), family, name)
})

void t.test('the oldest comes first', async (t) => {
  const cases: ReadonlyArray<readonly [names: readonly string[], why: string]> = [
    [['nsdebuglog.10.log', 'nsdebuglog.2.log', 'nsdebuglog.1.log', 'nsdebuglog.log'], 'by number, not by letter'],
    [['nsdebuglog.2.log.gz', 'nsdebuglog.1.log.gz', 'nsdebuglog.log'], 'old ones may be packed'],
    [['NSDEBUGLOG.2.LOG', 'nsdebuglog.1.log', 'NsDebugLog.log'], 'in any case'],
    [['nsdebuglog.1.log', 'nsdebuglog.0.log', 'nsdebuglog.log'], 'zero is a number too'],
    [['export.txt'], 'a name of no family stays'],
    [[], 'nothing stays nothing'],
  ]
  for (const [names, why] of cases) {
    t.strictSame(oldestFirst(names.toReversed()), names, why)
    t.strictSame(oldestFirst(names), names, why)
  }
})

void t.test('a packed copy beside its original is not read', async (t) => {
  const names = ['nsdebuglog.log', 'nsdebuglog.log.gz', 'nsdebuglog.1.log.gz']
  t.strictSame(oldestFirst(names), ['nsdebuglog.1.log.gz', 'nsdebuglog.log'])
})

void t.test('in whatever order the names are given, the order is the same', async () => {
  const name = fc.tuple(fc.nat(30), fc.constantFrom('nsdebuglog', 'NSDEBUGLOG'), fc.constantFrom('', '.gz'))
  const names = fc.uniqueArray(name.map(([n, base, gz]) => `${base}${n === 0 ? '' : `.${n}`}.log${gz}`))
  const shuffled = names.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
  fc.assert(
    fc.property(shuffled, ([all, other]) => JSON.stringify(oldestFirst(all)) === JSON.stringify(oldestFirst(other))),
  )
})
