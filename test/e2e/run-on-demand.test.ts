/** `steerlab run` with no agent running: it starts one for the duration, shares it, and nothing stays. */

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { processesOf } from '../support/leftovers.js'
import { lacking } from '../support/needs.js'
import { type TestHome, withHome, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const skip = lacking('capture', 'curl')
const WHOAMI = ['curl', '-sS', 'https://box.com/whoami']
const FROM_GATEWAY = /"from":"127\.16\.116\.1"/

void t.test('run starts an agent on demand, and all of it ends with the program', { skip }, (t) =>
  withHome(t, async (home) => {
    const { code, stdout, stderr } = await home.cli(['run', '--lab', '--', ...WHOAMI])
    t.match({ code, stdout, stderr }, { code: 0, stdout: FROM_GATEWAY, stderr: '' })
    await gone(home)
    t.equal((await home.cli(['run', '--lab', '--', 'sh', '-c', 'exit 3'])).code, 3, 'and again')
    await gone(home)
    t.equal((await home.logLines('NSTUNNEL_DISCONNECTED_BYUSER')).length, 2, 'each agent has said good-bye')
  }),
)

void t.test('runs at the same time share one agent, which ends with the last', { skip }, (t) =>
  withHome(t, async (home) => {
    const long = home.start(['run', '--lab', '--', 'sh', '-c', `read line; ${WHOAMI.join(' ')}`], { input: 'open' })
    const others = await Promise.all(Array.from({ length: 4 }, () => home.cli(['run', '--lab', '--', ...WHOAMI])))
    for (const { code, stdout, stderr } of others)
      t.match({ code, stdout, stderr }, { code: 0, stdout: FROM_GATEWAY, stderr: '' })
    await waitUntil(() => processesOf(home.home).filter(isAgent).length === 1)
    const { leases } = JSON.parse((await home.cli(['status', '--json'])).stdout)
    t.equal(leases, 1, 'the agent lives on for the last')
    long.child.stdin?.end('go\n')
    t.match(await long.ended, { code: 0, stdout: FROM_GATEWAY })
    await gone(home)
    t.equal((await home.logLines('Tunnel established')).length, 1, 'one agent has served all')
  }),
)

void t.test('a run that comes while the agent starts waits for it', { skip }, (t) =>
  withHome(t, async (home) => {
    const first = home.start(['run', '--lab', '--', 'sh', '-c', 'read line; exit 4'], { input: 'open' })
    // The socket is there before the agent can serve: the worst moment to come.
    await waitUntil(() => existsSync(join(home.home, 'run', 'agent.sock')))
    const [second, status] = await Promise.all([
      home.cli(['run', '--lab', '--', ...WHOAMI]),
      home.cli(['status', '--json']),
    ])
    t.match(second, { code: 0, stdout: FROM_GATEWAY, stderr: '' })
    t.match(status, { code: 0, stdout: /"available": true/, stderr: '' })
    first.child.stdin?.end('go\n')
    t.equal((await first.ended).code, 4)
  }),
)

void t.test('kill -9 of run ends its agent and cuts the program off', { skip }, (t) =>
  withHome(t, async (home) => {
    const again = join(home.home, 'again')
    const curl = 'curl -sS --max-time 5 https://box.com/whoami; echo "curl $?"'
    const script = `${curl}; while [ ! -e ${again} ]; do sleep 0.05; done; ${curl}`
    const running = home.start(['run', '--lab', '--', 'sh', '-c', script])
    await running.untilSaid('curl 0')
    t.match(running.said(), FROM_GATEWAY, 'captured at first')
    running.child.kill('SIGKILL')
    await waitUntil(() => processesOf(home.home).every(({ command }) => /^(sh|sleep) /.test(command)))
    writeFileSync(again, '')
    await running.ended
    t.match(running.said(), /curl (6|7)\n/, 'then refused, by whatever it asks first')
  }),
)

void t.test('a run that is killed while its agent starts leaves nothing either', { skip }, (t) =>
  withHome(t, async (home) => {
    const running = home.start(['run', '--lab', '--', 'true'])
    await waitUntil(() => processesOf(home.home).length >= 3)
    running.child.kill('SIGKILL')
    await running.ended
    await gone(home)
  }),
)

void t.test('run --lab refuses an agent of the real network', { skip }, (t) =>
  withLab(
    t,
    async (lab) => {
      const { code, stdout, stderr } = await lab.cli(['run', '--lab', '--', ...WHOAMI])
      t.match({ code, stdout }, { code: 2, stdout: '' })
      t.match(stderr, /^steerlab: the running agent of \S+ uses the real network; .*\n$/, 'in one sentence')
      t.equal((await lab.run(['true'])).code, 0, 'without --lab it is welcome')
    },
    { flags: [] },
  ),
)

function isAgent({ command }: { readonly command: string }): boolean {
  return command.includes('--on-demand')
}

async function gone(home: TestHome): Promise<void> {
  await waitUntil(() => processesOf(home.home).length === 0)
}
