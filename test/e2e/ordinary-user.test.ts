/** Nobody in particular: a user without any privilege captures programs just the same. */

import { spawnSync } from 'node:child_process'
import t, { type Test } from 'tap'
import { lacking } from '../support/needs.js'
import { ANY_PORTS, type TestHome, withHome } from '../support/steerlab.js'

/** `nobody`: a user that owns nothing. */
const NOBODY = 65_534

const EGRESS = '127.16.116.1'
const AGENT = '127.0.0.1'

const skip = lacking('root', 'capture', 'curl')

async function output(home: TestHome, ...command: string[]): Promise<string> {
  const { code, stdout, stderr } = await home.cli(['run', '--lab', '--', ...command])
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}

void t.test('an ordinary user runs programs with no agent running', { skip }, (t) =>
  withHome(
    t,
    async (home) => {
      // Held open, so that all runs share its agent.
      const holder = home.start(['run', '--lab', '--', 'cat'], { input: 'open' })
      await asNobody(t, home)
      holder.child.stdin?.end('done')
      t.match(await holder.ended, { code: 0, stdout: 'done', stderr: '' })
    },
    NOBODY,
  ),
)

void t.test('an ordinary user has an agent running', { skip }, (t) =>
  withHome(
    t,
    async (home) => {
      const up = home.start(['up', '--lab', ...ANY_PORTS])
      await up.untilSaid('Ctrl-C stops it')
      t.match(up.said(), /capture {5}node /, 'which offers capture')
      await asNobody(t, home)
      const { stdout } = await home.cli(['status', '--json'])
      t.match(JSON.parse(stdout), { capture: { available: true, kind: 'user' }, flows: { tunneled: 3, bypassed: 1 } })
      const foreign = spawnSync('find', [home.home, '!', '-user', String(NOBODY)], { encoding: 'utf8' })
      t.equal(foreign.stdout, '', "all files of the home are its user's")
      up.child.kill('SIGINT')
      t.match(await up.ended, { code: 0, stderr: '' })
    },
    NOBODY,
  ),
)

async function asNobody(t: Test, home: TestHome): Promise<void> {
  const box = JSON.parse(await output(home, 'curl', '-4sS', 'https://box.com/whoami'))
  t.match(box, { host: 'box.com', sni: 'box.com', from: EGRESS }, 'steered')
  t.equal((await home.logLines('process: curl to host: box.com, addr: 74.112.186.144:443 to nsProxy')).length, 1)
  const zoom = JSON.parse(await output(home, 'curl', '-sS', 'https://zoom.us/whoami'))
  t.match(zoom, { host: 'zoom.us', from: AGENT }, 'bypassed by an exception')
  t.equal((await home.logLines('exception host: zoom.us, process: curl,')).length, 1)
  t.match(JSON.parse(await output(home, 'curl', '-6sS', 'https://box.com/whoami')), { from: EGRESS }, 'over IPv6')

  const children = await output(home, 'sh', '-c', 'sh -c "curl -sS https://app.box.com/whoami; true"; true')
  t.match(JSON.parse(children), { host: 'app.box.com', from: EGRESS }, 'its children are steered too')
  t.equal((await home.logLines('process: curl to host: app.box.com')).length, 1)

  t.match(
    await output(home, 'id'),
    /^uid=65534\S* gid=65534\S* groups=65534\S*\n$/,
    'the program has its user and groups',
  )
  const status = await output(home, 'cat', '/proc/self/status')
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
    t.match(status, new RegExp(`^${set}:\\t0{16}$`, 'm'), `no capability: ${set}`)
  const broken = await home.run(['ip', 'link', 'set', 'lo', 'down'])
  t.match(broken, { code: 2, stderr: /not permitted/ }, 'so it cannot undo its capture')
  t.equal((await home.run(['sh', '-c', 'exit 7'])).code, 7)
}
