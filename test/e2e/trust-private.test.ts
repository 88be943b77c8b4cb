/** `steerlab run --trust` is for one program: nobody else notices, and the program runs as it was called. */

import { spawnSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { systemRoots } from '../../agent/location/system-roots.js'
import { ensureLabAuthority } from '../../certs/lab-authority.js'
import { lacking } from '../support/needs.js'
import { withHome } from '../support/steerlab.js'
import { trustOf } from '../support/trust-modes.js'

const skip = lacking('capture', 'curl')
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt'

/** The machine's trust, a line a file with its hash, and its mounts. */
function machine(): string {
  const places = ['/etc/ssl', '/etc/pki', '/etc/chromium', '/etc/opt/chrome'].filter((path) => existsSync(path))
  const look = `find -L ${places.join(' ')} -type f -exec sha256sum {} +; cat /proc/self/mountinfo`
  return spawnSync('sh', ['-c', look], { encoding: 'utf8' }).stdout
}

/** Files below the home's run directory that hold a private key, as PEM or by the secret number of an authority's. */
function keysBelow(home: string): string[] {
  const secrets = [join(home, 'gateway'), join(home, 'lab')].flatMap((directory) =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.key.pem'))
      .map((name) => createPrivateKey(readFileSync(join(directory, name))).export({ format: 'jwk' }).d ?? ''),
  )
  const needles = [Buffer.from('PRIVATE KEY'), ...secrets.map((secret) => Buffer.from(secret, 'base64url'))]
  return readdirSync(join(home, 'run'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => needles.some((needle) => readFileSync(file).includes(needle)))
}

void t.test('trust is for one program', { skip: skip || (!existsSync(BUNDLE) && `there is no ${BUNDLE}`) }, (t) =>
  withHome(t, async (home) => {
    const before = machine()
    const count = `grep -c BEGIN ${BUNDLE}`
    const running = home.start(['run', '--lab', '--', 'sh', '-c', `${count}; cat`], { input: 'open' })
    await running.untilSaid('\n')
    const known = systemRoots()?.match(/BEGIN/g)?.length ?? 0
    t.equal(running.said(), `${known + 2}\n`, 'it sees both authorities')

    await t.test('nobody else notices', async (t) => {
      const other = await home.cli(['run', '--trust', 'none', '--', 'sh', '-c', count])
      t.equal(other.stdout, `${known + 1}\n`, 'another one, of the same moment, sees what it was given')
      t.equal(machine(), before, 'the machine sees neither')
      t.strictSame(keysBelow(home.home), [], 'no private key is among what they see')
    })

    await t.test('a program runs as it was called', async (t) => {
      const cwd = join(home.home, 'a "b\' $c=d')
      mkdirSync(cwd)
      const name = 'npm_config_//host/:_authToken'
      const read = (path: string) => `require('fs').readFileSync('${path}', 'utf8')`
      const script = `JSON.stringify([process.cwd(), process.env['${name}'], ${read(`../../..${BUNDLE}`)} === ${read(BUNDLE)}])`
      const seen = await home.run([process.execPath, '-p', script], { cwd, env: { [name]: 'kept' } })
      t.strictSame(JSON.parse(seen.stdout), [cwd, 'kept', true], 'its directory, odd variables, the way up from there')
      const write = await home.run(['sh', '-c', `echo x >> ${BUNDLE}`])
      t.not(write.code, 0, 'what other runs share cannot be written')
    })

    running.child.stdin?.end()
    t.equal((await running.ended).code, 0)
    t.equal(machine(), before, 'nothing stays')
  }),
)

void t.test('on the real network there is nothing to see but the tenant', { skip }, (t) =>
  withHome(t, async (home) => {
    const running = home.start(
      ['run', '--trust', 'none', '--', 'sh', '-c', 'grep -c trust- /proc/self/mountinfo; cat'],
      {
        input: 'open',
      },
    )
    await running.untilSaid('\n')
    t.equal(running.said(), '0\n', 'untold, a program sees the machine as it is')
    // The probe has a server of the lab's, too.
    await ensureLabAuthority({ home: home.home, now: () => new Date() })
    t.strictSame(await trustOf(home, ['--trust', 'none'], ['curl']), { curl: [] })
    t.strictSame(await trustOf(home, ['--trust', 'store'], ['curl']), { curl: ['tenant'] })
    running.child.stdin?.end()
    t.equal((await running.ended).code, 0)
  }),
)

void t.test('the path of the home may be any', { skip }, (t) =>
  withHome(t, async (home) => {
    const odd = join(home.home, 'a b"\'$(c),:=\\')
    const { code, stdout } = await home.cli([
      'run',
      '--home',
      odd,
      '--',
      'grep',
      '-c',
      'trust-',
      '/proc/self/mountinfo',
    ])
    t.equal(code, 0)
    t.ok(Number(stdout) > 0, `${stdout.trim()} mounts`)
  }),
)
