/** The tenant: enrolment, download, edits that reach a running agent, a cloud that is away, and what clients tell. */

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type TestLab, withHome, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const version = async (lab: TestLab): Promise<string> => (await lab.status()).download.version
const textOf = (lab: TestLab, ...path: string[]): string => readFileSync(join(lab.home, ...path), 'utf8')

void t.test('an edit of the tenant reaches the running agent', { timeout: 120_000 }, (t) =>
  withLab(t, async (lab) => {
    t.match((await lab.status()).download, { enrolled: false }, 'a new home downloads from nobody')
    t.match(await lab.cli(['config', 'update']), { code: 2, stderr: /downloads from no tenant; see `steerlab enroll`/ })

    const before = textOf(lab, 'stagent', 'nsexception.json')
    const enrolled = await lab.cli(['enroll', '--check-every', '1s'])
    t.match(enrolled, {
      code: 0,
      stdout: /^user@lab\.example is enrolled with the tenant lab; version \S+ \S+ is in force$/m,
    })
    t.strictSame(
      JSON.parse(textOf(lab, 'stagent', 'nsexception.json')),
      JSON.parse(before),
      'the tenant begins with the files that are there',
    )
    const first = await version(lab)
    await waitUntil(async () => (await lab.cli(['tenant', 'clients'])).stdout.includes('Tunnel Up'), 20_000)

    t.match(await lab.cli(['config', 'edit', 'add-exception', '--tenant', 'slack.com']), { code: 0 })
    await waitUntil(async () => (await version(lab)) > first, 20_000)
    t.match(JSON.parse(textOf(lab, 'stagent', 'nsexception.json')).names, /slack\.com/)
    const { proxy } = await lab.status()
    await lab.shell(`curl -sS --max-time 9 -o /dev/null --proxytunnel -x ${proxy.http} http://slack.com/`)
    t.match((await lab.flows()).at(-1), { verdict: { action: 'bypass', kind: 'exception-host' } }, 'and holds')

    const second = await version(lab)
    writeFileSync(join(lab.home, 'gateway', 'tenant', 'nssteering.json'), '{"traffic_mode": "none of these"}')
    t.match(await lab.cli(['config', 'update']), { code: 0, stdout: `version ${second} was in force already` })
    t.match(
      textOf(lab, 'gateway', 'gateway.log'),
      /"event":"config-refused".*traffic_mode/,
      'a bad edit is not published',
    )

    t.match(await lab.cli(['tenant', 'rollback', first]), { code: 0 })
    await waitUntil(async () => (await version(lab)) > second, 20_000)
    t.notMatch(textOf(lab, 'stagent', 'nsexception.json'), 'slack.com', 'an earlier version is in force again')

    const secrets = [...textOf(lab, 'gateway', 'tenant', 'tenant.json').matchAll(/Key": "(.{20})"/g)].map(
      ([, key]) => key,
    )
    t.equal(secrets.length, 2)
    for (const log of [
      ['stagent', 'logs', 'nsdebuglog.log'],
      ['gateway', 'gateway.log'],
    ])
      for (const key of secrets) t.notMatch(textOf(lab, ...log), key, `no key in ${log.at(-1)}`)
    for (const file of ['gateway/tenant/tenant.json', 'stagent/nsbranding.json'])
      t.equal(statSync(join(lab.home, file)).mode & 0o777, 0o600, `${file} is the user's alone`)
    t.ok((await lab.logLines('config host:addon-lab.goskope.com url:')).length > 8, 'each download is logged')

    t.match(await lab.cli(['enroll', '--leave']), { code: 0 })
    await waitUntil(async () => !(await lab.status()).download.enrolled)
  }),
)

void t.test('a cloud that is away changes nothing', { timeout: 120_000 }, (t) =>
  withLab(t, async (lab) => {
    await lab.cli(['enroll', '--check-every', '1s'])
    const { configuration } = await lab.status()
    // The supervisor starts the gateway again; until then the add-on host is away.
    process.kill(lab.childPid('steerlab gateway'), 'SIGSTOP')
    const stopped = lab.childPid('steerlab gateway')
    t.equal((await lab.status()).configuration.version, configuration.version, 'the files stay in force')
    process.kill(stopped, 'SIGKILL')
    await waitUntil(async () => (await lab.status()).tunnel.sessionId === 2, 30_000)
    const first = await version(lab)
    t.match(await lab.cli(['config', 'edit', 'add-exception', '--tenant', 'github.com']), { code: 0 })
    await waitUntil(async () => (await version(lab)) > first, 30_000)
    t.pass('it comes back at its old port, and downloads go on')
    const told = JSON.parse((await lab.cli(['tenant', 'clients', '--json'])).stdout) as { event: string }[]
    const events = told.map(({ event }) => event)
    t.strictSame(events.slice(-3), ['Tunnel Up', 'Tunnel Down', 'Tunnel Up'], 'what was told late is told in order')
  }),
)

void t.test('enrolment without an agent, and one that is refused', { timeout: 120_000 }, (t) =>
  withHome(t, async ({ cli }) => {
    t.match(await cli(['enroll', '--check-every', 'often']), { code: 2, stderr: /an interval is 1s to 24h/ })
    t.match(await cli(['enroll', '--email', 'nobody@lab.example']), {
      code: 1,
      stderr: /addon-lab\.goskope\.com does not enrol nobody@lab\.example: .*Unable to find user with email/,
    })
    t.match(await cli(['enroll', '--org-key', 'wrongwrongwrongwrong']), {
      code: 1,
      stderr: /does not enrol user@lab\.example/,
    })
    t.match(await cli(['enroll']), { code: 0, stdout: /is enrolled with the tenant lab/ })
    t.match(await cli(['config', 'check', '--tenant']), { code: 0 })
    t.match(await cli(['config', 'show', '--tenant']), { code: 0 })
    await waitUntil(async () => /Tunnel Down.*\n$/.test((await cli(['tenant', 'clients'])).stdout), 20_000)
    t.match(await cli(['tenant']), { code: 0, stdout: /users +user@lab\.example\n/ })
    await cli(['config', 'edit', 'set', 'nsconfig.nsgw.host', 'gateway-acme.goskope.com'])
    t.match(await cli(['enroll']), { code: 2, stderr: /for the tenant acme, and the home's tenant is lab: remove / })
    await cli(['config', 'edit', 'set', 'nsconfig.nsgw.host', 'gateway-lab.goskope.com'])
    t.match(await cli(['tenant', 'add-user', 'anna@lab.example']), { code: 0 })
    t.match(await cli(['tenant', 'add-user', 'anna@lab.example']), {
      code: 2,
      stderr: /is a user of the tenant already/,
    })
    t.equal((await cli(['tenant', 'versions'])).stdout.trim().split('\n').length, 1)
    t.match(await cli(['tenant', 'rollback', '2000-01-01 00:00:00.000000']), { code: 2 })
  }),
)
