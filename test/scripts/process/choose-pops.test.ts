/** Which POP table a lab has. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { DEFAULT_POP_TABLE } from '../../../gateway/pops/default-pops.js'
import { choosePops } from '../../../scripts/process/choose-pops.js'

const tableOf = (name: string) => ({ pops: DEFAULT_POP_TABLE.pops.slice(0, 1).map((pop) => ({ ...pop, name })) })

void t.test('the file that is named, else the home’s own, else the built-in one', async (t) => {
  const home = t.testdir({ 'mine.json': JSON.stringify(tableOf('DE-FRA9')) })
  const named = join(home, 'mine.json')
  t.equal(await choosePops(undefined, home), DEFAULT_POP_TABLE)
  mkdirSync(join(home, 'gateway'))
  writeFileSync(join(home, 'gateway', 'pops.json'), JSON.stringify(tableOf('US-ORD9')))
  t.match(await choosePops(undefined, home), { pops: [{ name: 'US-ORD9' }] })
  t.match(await choosePops(named, home), { pops: [{ name: 'DE-FRA9' }] })
})

void t.test('what is no table is the user’s mistake, with the path', async (t) => {
  const home = t.testdir({ 'bad.json': '{"pops": []}', gateway: { 'pops.json': '{' } })
  const missing = join(home, 'missing.json')
  await t.rejects(choosePops(missing, home), { code: 'pops-unreadable', exitCode: 2, message: missing })
  await t.rejects(choosePops(home, home), { code: 'pops-unreadable', message: 'EISDIR' })
  await t.rejects(choosePops(join(home, 'bad.json'), home), { code: 'bad-pop-table', message: /bad\.json:1: \$\.pops/ })
  await t.rejects(
    choosePops(undefined, home),
    { code: 'bad-pop-table', message: /pops\.json:1:2: not JSON/ },
    'its own',
  )
})
