import t from 'tap'
import { fileLists } from '../../../../agent/config/lint/lists.js'
import { configurationWith, pinnedApp } from '../../../support/policies.js'

const lists = {
  names: ['a.com'],
  ips: [
    { type: 'ip', value: '8.8.8.8' },
    { type: 'local', value: '10.0.0.0/8' },
  ],
  applications: [{ name: 'A', domains: ['b.com', 'c.com'], action: 'bypass' }],
  categories: [{ name: 'C', domains: ['d.com'] }],
  source_locations: ['10.1.0.0/16'],
  dns: [
    { domain: 'e.com', types: ['AAAA', 'A'] },
    { domain: 'f.com', types: ['A', 'AAAA'] },
    { domain: 'g.com' },
    { domain: '10.2.0.0/16' },
  ],
}

const configuration = configurationWith({
  exceptions: { ...lists, on_prem: { names: ['h.com'] }, fail_close: { domains: ['i.com'], ips: ['9.9.9.9'] } },
  steering: { domains: ['j.com'], off_prem: { domains: ['k.com'] } },
  pinned: { on_prem: { certPinnedAppList: [pinnedApp({ process: 'p' })] } },
  lab: { readings: { exceptions: 'root-too', applications: 'root-too' } },
})

/** Lists that hold something, as `reading: path text, path text`. */
function said(found: ReadonlyArray<{ rules: readonly { ref: { path: string }; text: string }[]; reading?: string }>) {
  return found
    .filter(({ rules }) => rules.length > 0)
    .map(({ rules, reading = '' }) => `${reading}: ${rules.map(({ ref, text }) => `${ref.path} ${text}`).join(', ')}`)
}

void t.test('lists of domains have their reading and the place of each entry', async (t) => {
  t.strictSame(said(fileLists(configuration).domains), [
    'root-too: $.names[0] a.com',
    'root-too: $.applications[0].domains[0] b.com, $.applications[0].domains[1] c.com',
    'suffix: $.categories[0].domains[0] d.com',
    'root-too: $.dns[0] e.com, $.dns[1] f.com',
    'root-too: $.dns[2] g.com',
    'root-too: $.on_prem.names[0] h.com',
    'table: $.fail_close.domains[0] i.com',
    'suffix: $.domains[0] j.com',
    'suffix: $.off_prem.domains[0] k.com',
  ])
})

void t.test('of addresses, the local ones are apart', async (t) => {
  t.strictSame(said(fileLists(configuration).addresses), [
    ': $.ips[0] 8.8.8.8',
    ': $.ips[1] 10.0.0.0/8',
    ': $.source_locations[0] 10.1.0.0/16',
    ': $.dns[3] 10.2.0.0/16',
    ': $.fail_close.ips[0] 9.9.9.9',
  ])
})

void t.test('pinned apps of the halves too', async (t) => {
  t.strictSame(
    fileLists(configuration).pinned.map((apps) => apps.map(({ path }) => path)),
    [[], ['$.on_prem.certPinnedAppList[0]'], []],
  )
})
