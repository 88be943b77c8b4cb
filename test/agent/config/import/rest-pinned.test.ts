import t from 'tap'
import { pinnedApps } from '../../../../agent/config/import/rest-pinned.js'
import { SourceDocument } from '../../../../agent/config/import/source-document.js'
import type { OperatingSystem } from '../../../../agent/steering/operating-system.js'
import { DRIVE_APP, MANAGED_APP, section } from '../../../support/rest-document.js'

const APPS = '$.exceptions.cert_pinned_apps.data'

function read(os: OperatingSystem | undefined, ...apps: readonly unknown[]) {
  const document = new SourceDocument({ exceptions: { cert_pinned_apps: section(...apps) } })
  const entries = pinnedApps(document.root, os)
  const notes = document.notes(new Set(['count', 'notes', 'custom']), 'unread')
  return { entries, notes: notes.map(({ path, reason }) => `${path.replace(APPS, '')}: ${reason}`) }
}

const DRIVE = {
  action: 1,
  appName: 'Amazon CloudDrive',
  app_domains: ['drive.amazon.com', 'drive.amazonaws.com'],
  mode: 'direct',
  tunnel_domains: [],
}
const NO_PHONES = '[0].data.android: no endpoint of the lab runs this system'

void t.test('an entry for each process of each system, with the domains any system has', async (t) => {
  t.strictSame(read(undefined, DRIVE_APP), {
    entries: [
      { ...DRIVE, processName: 'AmazonCloudDrive.exe', os: ['windows'] },
      { ...DRIVE, processName: 'AmazonCloudDriveW.exe', os: ['windows'] },
      { ...DRIVE, processName: 'Amazon Cloud Drive', os: ['macos'] },
    ],
    notes: [NO_PHONES],
  })
})

void t.test('of one system only, whose entries need not say which', async (t) => {
  t.strictSame(read('macos', DRIVE_APP), {
    entries: [{ ...DRIVE, processName: 'Amazon Cloud Drive' }],
    notes: ['[0].data.windows: is not of macos, which --os asks for', NO_PHONES],
  })
})

void t.test('managed devices and tunnel; a code that is not public is bypass, and is listed', async (t) => {
  t.strictSame(read(undefined, MANAGED_APP), {
    entries: [
      {
        action: 3,
        appName: '[Signer]',
        app_domains: ['*'],
        mode: 'tunnel',
        processName: 'signer.exe',
        tunnel_domains: ['sso.example'],
        os: ['windows'],
      },
      {
        action: 1,
        appName: '[Signer]',
        app_domains: ['*'],
        mode: 'direct',
        processName: 'signer',
        tunnel_domains: [],
        os: ['linux'],
      },
    ],
    notes: [
      '[0].domains: is not given: taken as *, any host',
      '[0].data.linux.action: only the code 1 (bypass) is public: taken as bypass',
    ],
  })
})

void t.test('what is disabled is listed, the app or one system of it', async (t) => {
  const windows = { processes: ['a.exe'], enabled: false }
  const app = { app_name: 'A', enabled: true, data: { appName: 'A', domains: ['a.example'], windows } }
  const disabled = 'is disabled, and the files have no disabled entries'
  t.strictSame(read(undefined, app), { entries: [], notes: [`[0].data.windows: ${disabled}`] })
  t.strictSame(read(undefined, { ...app, enabled: '0' }), { entries: [], notes: [`[0]: ${disabled}`] })
})

void t.test('the domains of a predefined app are known; a shape nobody has seen is listed', async (t) => {
  const dropbox = { app_name: 'Dropbox', enabled: true, data: { windows: { action: '1', processes: ['Dropbox.exe'] } } }
  t.match(read(undefined, dropbox), { entries: [{ appName: 'Dropbox', app_domains: ['dropbox.com'] }], notes: [] })
  t.strictSame(read(undefined, { enabled: true, data: { windows: { processes: ['x'] } } }).notes, ['[0]: has no name'])
  const odd = {
    app_name: 'O',
    data: { domains: ['o.example', 'a b'], windows: { processes: ['o', 'o', 7, {}], regex: true } },
  }
  const { entries, notes } = read('windows', odd)
  t.strictSame(
    entries.map(({ processName }) => processName),
    ['o', '7'],
  )
  t.strictSame(notes, ['[0].data.domains[1]: "a b" is not a domain', '[0].data.windows.regex: unread'])
})
