/** The home of a check: without exceptions, or as the user's, and never the user's own. */

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import type { FileName } from '../../../agent/config/configuration.js'
import { loadConfiguration } from '../../../agent/config/load.js'
import { writeDefaultConfiguration } from '../../../agent/config/write-defaults.js'
import { homeAs, plainHome } from '../../../scripts/check/check-home.js'
import { type Home, homePaths } from '../../../scripts/process/home.js'
import { DEFAULT_TENANT } from '../../../scripts/process/tenant.js'

const OTHER = { tenant: 'acme', user: 'kim@acme.example', org: 'Acme' }

/** Homes of checks are made in here. */
function ownTemporary(t: Test): string {
  const directory = t.testdir({ users: {}, temporary: {} })
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = join(directory, 'temporary')
  t.teardown(() => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  })
  return directory
}

/** A home with files of its own. */
async function usersHome(t: Test, texts: Readonly<Record<string, string>>): Promise<Home> {
  const home = homePaths(join(ownTemporary(t), 'users'))
  await writeDefaultConfiguration(home.stagent, OTHER)
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(home.root, path)), { recursive: true })
    writeFileSync(join(home.root, path), text)
  }
  return home
}

void t.test('a plain home excepts nothing and is for its owner alone', async (t) => {
  ownTemporary(t)
  const home = await plainHome()
  await writeDefaultConfiguration(home.stagent, DEFAULT_TENANT)
  const { exceptions, pinned } = await loadConfiguration(home.stagent)
  t.match(
    { exceptions, pinned },
    { exceptions: { names: [], ips: [{ type: 'local' }] }, pinned: { certPinnedAppList: [] } },
  )
  t.equal(statSync(home.root).mode & 0o777, 0o700)
})

void t.test(
  'as configured: the exceptions, the tenant and how the gateway inspects are the ones of the user',
  async (t) => {
    const users = await usersHome(t, { 'gateway/inspect.json': '{"http2":false}' })
    const home = await homeAs(users)
    const { exceptions, branding, pinned } = await loadConfiguration(home.stagent)
    t.ok(exceptions.names.includes('zoom.us'))
    t.ok(pinned.certPinnedAppList.length > 0)
    t.equal(branding.UserEmail, 'kim@acme.example')
    t.equal(readFileSync(join(home.inspection, 'inspect.json'), 'utf8'), '{"http2":false}')
    t.notOk(existsSync(join(home.inspection, 'policy.json')), 'what is not there is left out')
  },
)

void t.test(
  'as configured, the client can be disabled and downloads nothing; the files of the user stay',
  async (t) => {
    const users = await usersHome(t, { 'stagent/steerlab.json': '{"download":{"enabled":true}}' })
    const file = join(users.stagent, 'nsconfig.json')
    const text = readFileSync(file, 'utf8')
      .replace(/("allowClientDisabling"): "true"/, '$1: "false"')
      .replace(/("fail_close"): "false"/, '$1: "true"')
    t.match(text, /"fail_close": "true"/)
    writeFileSync(file, text)
    const home = await homeAs(users)
    const { client, lab } = await loadConfiguration(home.stagent)
    t.match(
      { client, lab },
      {
        client: { allowClientDisabling: 'true', failClose: { fail_close: 'false', notification: 'false' } },
        lab: { download: { enabled: false } },
      },
    )
    t.equal(readFileSync(file, 'utf8'), text)
  },
)

void t.test('a home without files is taken for a new one', async (t) => {
  const home = await homeAs(homePaths(join(ownTemporary(t), 'nowhere')))
  t.ok((await loadConfiguration(home.stagent)).exceptions.names.includes('zoom.us'))
})

void t.test('files that cannot be used are a mistake of the user', async (t) => {
  const broken: FileName = 'nsconfig.json'
  const users = await usersHome(t, { [`stagent/${broken}`]: '{' })
  await t.rejects(homeAs(users), { code: 'config-invalid', exitCode: 2 })
  t.strictSame(readdirSync(join(users.root, '..', 'temporary')), [], 'and nothing is left')
})
