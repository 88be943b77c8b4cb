import t from 'tap'
import { DEFAULT_PINNED_APPS } from '../../../agent/config/default-apps.js'
import type { Platform } from '../../../agent/log/message-form.js'
import type { App, Range } from '../../../agent/synth/app.js'
import { APPS, appsOf } from '../../../agent/synth/apps.js'
import { SITES, sitesOf } from '../../../agent/synth/sites.js'

const PLATFORMS: readonly Platform[] = ['windows', 'macos', 'linux']

const appNamed = (wanted: string) => APPS.find(({ name }) => name === wanted)

void t.test('a program is found by its name, and on its platforms', async (t) => {
  t.equal(appNamed('outlook')?.kind, 'background')
  t.equal(appNamed('nothing'), undefined)
  t.equal(new Set(APPS.map(({ name }) => name)).size, APPS.length, 'each name once')
  for (const platform of PLATFORMS) t.ok(appsOf(platform).length >= 20, platform)
  t.ok(appsOf('windows').includes(appNamed('windows-update')!))
  t.notOk(appsOf('macos').includes(appNamed('windows-update')!))
  for (const kind of ['browsing', 'background', 'call', 'sync', 'updater', 'developer', 'agent'])
    t.ok(
      APPS.some((app) => app.kind === kind),
      kind,
    )
})

void t.test('processes are named as each platform logs them', async (t) => {
  const names = (platform: Platform) => APPS.flatMap(({ process }) => process[platform] ?? [])
  for (const name of names('windows')) t.match(name, /^(?:[\w.-]+\.exe|System)$/i, `Windows: ${name}`)
  for (const platform of ['macos', 'linux'] as const)
    for (const name of names(platform)) {
      t.equal(name, name.toLowerCase(), `${platform}: ${name}`)
      t.notMatch(name, /\.exe$|,|^\s|\s$/)
    }
  for (const { name, process } of APPS) {
    t.ok(Object.keys(process).length > 0, `${name} runs somewhere`)
    for (const list of Object.values(process)) t.ok(list.length > 0, name)
  }
})

void t.test('figures are in their ranges', async (t) => {
  const inOrder = ([least, most]: Range) => least >= 1 && least <= most && Number.isInteger(least + most)
  for (const { name, presence, sessions } of APPS) {
    t.ok(presence > 0 && presence <= 1, `${name}: presence`)
    t.ok(inOrder(sessions.flows) && inOrder(sessions.parallel), `${name}: ranges`)
    t.ok(sessions.parallel[1] <= sessions.flows[1], `${name}: a burst is part of a session`)
    t.ok(sessions.perHour + sessions.whenIdle > 0 && sessions.perHour >= 0 && sessions.whenIdle >= 0, name)
    t.ok(sessions.retries >= 0 && sessions.retries < 1 && sessions.spreadMs >= 0, name)
  }
})

void t.test('every target is known', async (t) => {
  const known = new Set(SITES.map(({ host }) => host))
  for (const { name, opening = [], targets } of APPS) {
    t.ok(targets.length > 0, name)
    for (const { host, category, port, weight, nameless } of [...opening, ...targets]) {
      t.ok(port > 0 && port < 65_536 && weight > 0 && nameless >= 0 && nameless <= 1, `${name}: ${host ?? category}`)
      if (category !== undefined) t.ok(sitesOf(category).length > 0, `${name}: ${category}`)
      else t.ok(known.has(host) || /\.(?:goskope\.com|example)$/.test(host), `${name}: ${host}`)
    }
  }
})

void t.test('there is more than web traffic with names', async (t) => {
  const targets = APPS.flatMap((app) => app.targets)
  const cases: [sentence: string, found: boolean][] = [
    ['QUIC', targets.some(({ transport, port }) => transport === 'udp' && port === 443)],
    ['STUN', targets.some(({ transport, port }) => transport === 'udp' && port === 3478)],
    ['flows without a name', targets.some(({ nameless }) => nameless === 1)],
    ...[22, 80, 445, 993, 1400, 5223, 5228, 8443, 9100].map((port): [string, boolean] => [
      `TCP port ${port}`,
      targets.some((target) => target.transport === 'tcp' && target.port === port),
    ]),
  ]
  for (const [sentence, found] of cases) t.ok(found, sentence)
})

void t.test('each platform has programs the default files pin', async (t) => {
  const pinned = new Set(DEFAULT_PINNED_APPS.map(({ processName }) => processName.toLowerCase()))
  for (const platform of PLATFORMS) {
    const names = appsOf(platform).flatMap(({ process }) => process[platform] ?? [])
    const meeting = names.filter((name) => pinned.has(name.toLowerCase()))
    t.ok(meeting.length >= 3, `${platform}: ${meeting.join(', ')}`)
  }
})

/** Flow lines an hour to be expected of a program where it is. */
function perHour({ sessions }: App, when: 'perHour' | 'whenIdle'): number {
  const [least, most] = sessions.flows
  return sessions[when] * ((least + most) / 2) * (1 + sessions.retries)
}

function allPerHour(platform: Platform, when: 'perHour' | 'whenIdle'): number {
  return appsOf(platform).reduce((sum, app) => sum + app.presence * perHour(app, when), 0)
}

void t.test('an office day has the volume of a real one', async (t) => {
  // nsdebuglog-format 1.7: 61 lines in 30 s of normal browsing. Pages follow each other at this rate when they do.
  const { flows, spreadMs } = appNamed('browser')!.sessions
  const whileLoading = (flows[0] + flows[1]) / 2 / (spreadMs / 1000)
  t.ok(whileLoading > 1.5 && whileLoading < 4, `${whileLoading} lines a second while a page loads`)
  for (const platform of PLATFORMS) {
    const active = allPerHour(platform, 'perHour')
    const idle = allPerHour(platform, 'whenIdle')
    const busiest = 8 * active
    const usual = 5.5 * active + 2.5 * idle
    const figures = `${platform}: ${Math.round(active)} an hour active, ${Math.round(idle)} idle`
    t.ok(busiest < 30_000 && usual > 15_000, `${figures}; a day has ${Math.round(usual)} to ${Math.round(busiest)}`)
  }
})
