import t from 'tap'
import { FILE_NAMES, type FileName } from '../../../../agent/config/configuration.js'
import { defaultFiles } from '../../../../agent/config/default-files.js'
import { clientFileName, importClientFile } from '../../../../agent/config/import/import-client.js'

const said = (file: FileName, value: unknown) =>
  importClientFile(file, value)?.notes.map(({ path, reason }) => `${path} ${reason}`)

void t.test('names of files, the one of 2021 among them', async (t) => {
  for (const file of FILE_NAMES) t.equal(clientFileName(file), file)
  t.equal(clientFileName('nsdomain.json'), 'nssteering.json')
  for (const other of ['nsdebuglog.log', 'nsconfig.json.enc', 'toString', '']) t.equal(clientFileName(other), undefined)
})

void t.test('files in public shape are imported as they are', async (t) => {
  const files = Object.entries(defaultFiles({ tenant: 'lab', user: 'u@lab.example', org: 'Lab' }))
  for (const [file, value] of files)
    t.strictSame(importClientFile(file as FileName, value), { value, notes: [], removed: [] }, file)
  const overlaps = { overlappingDomainList: { '1': ['a.tld', 'b.tld'] }, status: 'OK' }
  t.strictSame(importClientFile('nsoverlap.json', overlaps), { value: overlaps, notes: [], removed: [] })
  const steering = { traffic_mode: 'web', dynamic_steering: 1, on_prem: { domains: ['a.example'] }, new_key: [1] }
  t.strictSame(importClientFile('nssteering.json', steering), { value: steering, notes: [], removed: [] })
})

void t.test('a mode whose word is not public, also in a half, is guessed and listed', async (t) => {
  const value = { traffic_mode: 'casb', domains: ['a.example'], on_prem: { traffic_mode: 'firewall' }, off_prem: {} }
  t.match(importClientFile('nssteering.json', value), {
    value: { traffic_mode: 'cloud-apps', domains: ['a.example'], on_prem: { traffic_mode: 'all' }, off_prem: {} },
  })
  t.strictSame(said('nssteering.json', value), [
    'nssteering.json $.traffic_mode "casb" is a word that is not public: taken as cloud-apps',
    'nssteering.json $.on_prem.traffic_mode "firewall" is a word that is not public: taken as all',
  ])
  t.strictSame(said('nssteering.json', { domains: [] }), ['nssteering.json $.traffic_mode is missing: taken as web'])
})

const APP = { action: 1, appName: 'A', app_domains: ['a.example'], mode: 'direct', processName: 'a' }

void t.test('codes and spellings of pinned apps', async (t) => {
  const item = 'nsbypass.json $.certPinnedAppList[0]'
  const cases: [change: object, becomes: object, notes: string[]][] = [
    [{}, {}, []],
    [{ action: '1' }, { action: 1 }, []],
    [{ action: 0 }, { action: 1 }, [`${item}.action 0 is a code that is not public: taken as 1, bypass`]],
    [{ action: undefined }, { action: 1 }, [`${item}.action is missing: taken as 1, bypass`]],
    [{ action: [1] }, { action: 1 }, [`${item}.action [1] is a code that is not public: taken as 1, bypass`]],
    [{ action: 2 }, { action: 2 }, [`${item}.action 2 is not a public code: taken as block, as here`]],
    [
      { action: '3' },
      { action: 3 },
      [`${item}.action 3 is not a public code: taken as bypass if managed, else block, as here`],
    ],
    [{ mode: undefined }, { mode: 'direct' }, [`${item}.mode is missing: taken as direct`]],
    [{ isRegex: true }, { isRegex: 'true' }, []],
  ]
  for (const [change, becomes, notes] of cases) {
    const value = { certPinnedAppList: [{ ...APP, ...change }] }
    t.match(importClientFile('nsbypass.json', value)?.value, { certPinnedAppList: [{ ...APP, ...becomes }] })
    t.strictSame(said('nsbypass.json', value), notes, JSON.stringify(change))
  }
  const halves = { certPinnedAppList: [], on_prem: { certPinnedAppList: [{ ...APP, action: 9 }] } }
  t.match(said('nsbypass.json', halves), [/\$\.on_prem\.certPinnedAppList\[0\]\.action 9 is a code/])
})

void t.test('what the schema does not allow is left out, and a file that is nothing is refused', async (t) => {
  const value = { names: ['ok.example', 'not ok'], ips: [{ type: 'localip', value: '10.0.0.0/8' }] }
  t.strictSame(importClientFile('nsexception.json', value)?.value, { ...value, names: ['ok.example'] })
  t.match(said('nsexception.json', value), [/^nsexception\.json \$\.names\[1\] left out: allowed is a host name/])
  t.equal(importClientFile('nsexception.json', []), undefined)
  t.equal(importClientFile('nsconfig.json', {}), undefined)
})
