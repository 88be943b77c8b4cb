/** The client's files without their secrets. */

import { join } from 'node:path'
import t from 'tap'
import { configurationMembers } from '../../../../agent/diag/bundle/configuration-members.js'
import { HIDDEN } from '../../../../agent/diag/bundle/redact.js'
import { bytesIn } from '../../../support/member-bytes.js'

void t.test('every JSON file comes, cleaned of its secrets and of those of the others', async (t) => {
  const directory = t.testdir({
    'nsbranding.json': '\ufeff{"OrgKey": "planted-org-key", "OrgName": "Lab"}',
    'nsconfig.json': '{"logLevel": "info", "seen": "planted-org-key"}',
    'extra.json': '[1]',
    'notes.txt': 'planted-org-key',
    data: { 'inner.json': '{}' },
  })
  const { members, leftOut, forms } = await configurationMembers(directory)
  t.strictSame(
    members.map(({ name, from }) => [name, from]),
    ['extra.json', 'nsbranding.json', 'nsconfig.json'].map((name) => [name, join(directory, name)]),
  )
  t.strictSame(JSON.parse(`${await bytesIn(members[1]!)}`), { OrgKey: HIDDEN, OrgName: 'Lab' })
  t.strictSame(JSON.parse(`${await bytesIn(members[2]!)}`), { logLevel: 'info', seen: HIDDEN })
  t.strictSame(members[1]!.redactions(), ['OrgKey'])
  t.strictSame([leftOut, forms], [[], ['planted-org-key']])
})

void t.test('what is no JSON, no file or oddly named is left out with the reason', async (t) => {
  const directory = t.testdir({
    'broken.json': '{"OrgKey": "planted-org-key"',
    'empty.json': '',
    'folder.json': {},
    'good.json': '{}',
    'odd\nname.json': '{}',
    'deep.json': `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  })
  const { members, leftOut } = await configurationMembers(directory)
  t.strictSame(
    members.map(({ name }) => name),
    ['good.json'],
  )
  const why = Object.fromEntries(leftOut.map((one) => [one.what.slice(directory.length + 1), one.why]))
  t.match(why, {
    'broken.json': /no JSON/,
    'empty.json': /no JSON/,
    'folder.json': 'EISDIR',
    'odd\nname.json': 'its name has odd characters',
    'deep.json': /./,
  })
  t.equal(leftOut.length, 5)
})

void t.test('no directory, nothing', async (t) => {
  t.strictSame(await configurationMembers(join(t.testdir(), 'none')), { members: [], leftOut: [], forms: [] })
})
