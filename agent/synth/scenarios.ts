// Pure: the built-in scenarios. Each is a normal day and what its sentence says; what it shows is held by tests against
// the ground truth.

import type { PinnedApp } from '../config/schema/nsbypass.js'
import { PINNED_ACTION } from '../config/schema/nsbypass.js'
import { type App, tcp } from './app.js'
import { DAY_MINUTES } from './hours.js'
import type { Fault, FaultKind, Scenario } from './scenario.js'
import type { Site } from './sites.js'

const NORMAL: Omit<Scenario, 'name' | 'describe'> = {
  exceptions: [],
  addresses: [],
  pinned: [],
  hosts: [],
  apps: [],
  users: [],
  faults: [],
}

/** A fault that holds all day. */
function allDay(kind: FaultKind): Fault {
  return { kind, at: 0, minutes: DAY_MINUTES }
}

function pinnedApp(
  appName: string,
  processes: readonly string[],
  domains: readonly string[],
  action: keyof typeof PINNED_ACTION,
  mode: 'direct' | 'tunnel',
): PinnedApp[] {
  return processes.map((processName) => ({
    action: PINNED_ACTION[action],
    appName,
    app_domains: [...domains],
    mode,
    processName,
    tunnel_domains: [],
  }))
}

/** A program of the scenario that every endpoint has. */
function program(
  name: string,
  process: string,
  kind: App['kind'],
  sessions: App['sessions'],
  targets: App['targets'],
): App {
  const lower = process.replace(/\.exe$/, '').toLowerCase()
  return {
    name,
    kind,
    presence: 1,
    process: { windows: [process], macos: [lower], linux: [lower] },
    sessions,
    targets,
  }
}

/** An address of a documentation range (RFC 5737). */
function madeUp(host: string, ...addresses: readonly string[]): Site {
  return { host, category: 'other', addresses, addresses6: [] }
}

const BACKUP_NAMES = ['ContosoBackup.exe', 'contosobackup']
const SYNC_NAMES = ['ContosoSync.exe', 'contososync']

const LIST: readonly Scenario[] = [
  {
    ...NORMAL,
    name: 'normal-day',
    describe: 'An office day: browsing, mail, calls, updates; POPs change a time or two.',
  },
  {
    ...NORMAL,
    name: 'edns-timeout',
    describe:
      'DNS over HTTPS does not answer when a gateway is looked for: LDNS finds it instead; from release 96 on the GSLB service is what fails.',
    faults: [allDay('edns-timeout')],
  },
  {
    ...NORMAL,
    name: 'pop-flap',
    describe: 'For three hours the tunnel changes POPs every few minutes, in pairs 21 to 41 s apart.',
    faults: [{ kind: 'pop-flap', minutes: 180 }],
  },
  {
    ...NORMAL,
    name: 'dtls-blocked',
    describe: 'UDP 443 to the gateway is blocked: DTLS fails each time, and TLS connects.',
    faults: [allDay('dtls-blocked')],
  },
  {
    ...NORMAL,
    name: 'pinned-app-storm',
    describe: 'A blocked pinned app retries without end, a second one goes by tunnelling.',
    pinned: [
      ...pinnedApp('Contoso Backup', BACKUP_NAMES, ['backup.contoso.example'], 'block', 'direct'),
      ...pinnedApp('Contoso Sync', SYNC_NAMES, ['sync.contoso.example'], 'bypass', 'tunnel'),
    ],
    apps: [
      // 300 lines in 30 s: the retry storm LCL counted (reference 1.7).
      program(
        'storm',
        'ContosoBackup.exe',
        'background',
        { perHour: 12, whenIdle: 12, flows: [150, 300], spreadMs: 30_000, parallel: [1, 4], retries: 0.3 },
        [tcp('backup.contoso.example', 1, 443, 0)],
      ),
      program(
        'sync',
        'ContosoSync.exe',
        'background',
        { perHour: 40, whenIdle: 10, flows: [4, 20], spreadMs: 5000, parallel: [1, 2], retries: 0.05 },
        [tcp('sync.contoso.example', 1, 443, 0)],
      ),
    ],
  },
  {
    ...NORMAL,
    name: 'exception-misconfigured',
    describe:
      'A wildcard exception misses its root domain, and a host that is excepted is pinned for one program: the same host has two verdicts.',
    exceptions: ['*.crm.contoso.example', 'files.contoso.example'],
    pinned: pinnedApp('Contoso Sync', SYNC_NAMES, ['files.contoso.example'], 'bypass', 'direct'),
    apps: [
      program(
        'crm',
        'ContosoCrm.exe',
        'background',
        { perHour: 30, whenIdle: 2, flows: [3, 12], spreadMs: 4000, parallel: [1, 2], retries: 0.02 },
        [
          tcp('crm.contoso.example', 3, 443, 0),
          tcp('api.crm.contoso.example', 5, 443, 0),
          tcp('files.contoso.example', 2, 443, 0),
        ],
      ),
      program(
        'sync',
        'ContosoSync.exe',
        'sync',
        { perHour: 12, whenIdle: 6, flows: [2, 8], spreadMs: 4000, parallel: [1, 2], retries: 0.02 },
        [tcp('files.contoso.example', 1, 443, 0)],
      ),
    ],
  },
  {
    ...NORMAL,
    name: 'dns-blind',
    describe: 'The client sees next to no DNS answers: most flows have no host, and exceptions by name do not hold.',
    faults: [allDay('dns-blind')],
  },
  {
    ...NORMAL,
    name: 'captive-portal',
    describe: 'Twice a portal stands before the internet: no tunnel until the user has signed in.',
    faults: [
      { kind: 'captive-portal', minutes: 9 },
      { kind: 'captive-portal', minutes: 4 },
    ],
  },
  {
    ...NORMAL,
    name: 'keepalive-loss',
    describe: 'Three times the keep-alive fails; two minutes later the tunnel is destroyed and comes back at once.',
    faults: [
      { kind: 'keepalive-loss', minutes: 1 },
      { kind: 'keepalive-loss', minutes: 1 },
      { kind: 'keepalive-loss', minutes: 1 },
    ],
  },
  {
    ...NORMAL,
    name: 'user-disable',
    describe: 'The user disables the client for 45 minutes; nothing is steered or logged meanwhile.',
    faults: [{ kind: 'user-disable', minutes: 45 }],
  },
  {
    ...NORMAL,
    name: 'data-exfil',
    describe: 'An odd program uploads to a bare address on an odd port, through the cloud firewall, day and night.',
    hosts: [madeUp('drop.exfil.example', '203.0.113.77'), madeUp('paste.exfil.example', '198.51.100.23')],
    apps: [
      program(
        'exfil',
        'svch0st.exe',
        'background',
        { perHour: 6, whenIdle: 30, flows: [5, 40], spreadMs: 20_000, parallel: [1, 6], retries: 0.1 },
        [tcp('drop.exfil.example', 8, 4444, 1), tcp('paste.exfil.example', 2, 8443, 0.3)],
      ),
    ],
  },
  {
    ...NORMAL,
    name: 'corrupt',
    describe:
      'Lines are cut off or broken into by another writer, the clock is set back, the file rotates in mid-burst.',
    damage: { truncated: 0.002, interleaved: 0.002, clockBackMinutes: 65, rotateBytes: 1024 * 1024 },
  },
]

/** The built-in scenarios by name. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(LIST.map((scenario) => [scenario.name, scenario]))

/** The scenario written where none is asked for. */
export const NORMAL_DAY: Scenario = LIST[0]!
