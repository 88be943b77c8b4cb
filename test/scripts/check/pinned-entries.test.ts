/** The entries that list a program as certificate-pinned are the client's, and do what they are for. */

import t from 'tap'
import { checkFile } from '../../../agent/config/check.js'
import { pinnedCommand, pinnedEntries, withEntriesFirst } from '../../../scripts/check/pinned-entries.js'

const TOOL = { app: 'my tool', processes: ['my-tool', 'node'], hosts: ['box.com', 'api.box.com'] }

void t.test('one entry for each process, in the format of the client', async (t) => {
  const entries = pinnedEntries(TOOL)
  t.strictSame(entries[0], {
    action: 1,
    appName: 'my tool',
    app_domains: ['box.com', 'api.box.com'],
    isRegex: 'false',
    mode: 'direct',
    processName: 'my-tool',
    tunnel_domains: [],
    rowID: 'custom_1',
  })
  t.match(entries[1], { processName: 'node', rowID: 'custom_1' })
  const checked = checkFile('nsbypass.json', JSON.stringify(withEntriesFirst({}, entries)))
  t.notMatch(checked, { problems: Array }, 'which the client takes')
})

void t.test('a host without a name makes it any host', async (t) => {
  for (const hosts of [[], ['203.0.113.7'], ['box.com', '2001:db8::1']])
    t.strictSame(pinnedEntries({ ...TOOL, hosts })[0]?.app_domains, ['*'])
})

void t.test('without a process there is no entry', async (t) => {
  t.strictSame(pinnedEntries({ ...TOOL, processes: [] }), [])
})

void t.test('the command adds the same, quoted for a shell', async (t) => {
  t.equal(
    pinnedCommand(TOOL),
    "steerlab config edit add-pinned --process my-tool --process node --app 'my tool' --domain box.com,api.box.com",
  )
  t.match(pinnedCommand({ ...TOOL, hosts: [] }), /--domain '\*'$/)
})

void t.test('entries come before all others, in each half that has a list of its own', async (t) => {
  const [entry] = pinnedEntries({ ...TOOL, processes: ['curl'] })
  const file = {
    certPinnedAppList: ['old'],
    on_prem: { certPinnedAppList: ['other'], kept: true },
    off_prem: { kept: true },
    status: 'success',
  }
  t.strictSame(withEntriesFirst(file, [entry!]), {
    certPinnedAppList: [entry, 'old'],
    on_prem: { certPinnedAppList: [entry, 'other'], kept: true },
    off_prem: { kept: true },
    status: 'success',
  })
})
