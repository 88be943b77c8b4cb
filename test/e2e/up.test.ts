/** `steerlab up` from its start to Ctrl-C. */

import t from 'tap'
import { processesOf } from '../support/leftovers.js'
import { lacking } from '../support/needs.js'
import { ANY_PORTS, withHome, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const UP = ['up', '--lab', ...ANY_PORTS]

void t.test('up says what listens, and how to run a program through it', { skip: lacking('capture', 'curl') }, (t) =>
  withLab(t, async (lab) => {
    const { proxy, tunnel, log } = await lab.status()
    const banner = lab.up.said()
    for (const part of [proxy.http, proxy.socks, proxy.pac, proxy.dns, log, `${tunnel.ip}:${tunnel.port}`])
      t.ok(banner.includes(part), part)
    const example = /capture +(.*)\n/.exec(banner)?.[1] ?? ''
    t.match(
      await lab.shell(example),
      { code: 0, stdout: /"from":"127\.16\.116\.1"/ },
      'the command it gives works when typed',
    )

    const second = await lab.cli(UP)
    t.match(second, { code: 1, stdout: '', stderr: 'steerlab: an agent is already running for this home\n' })
    const policy = await lab.run(['sh', '-c', '[ ! -d /etc/chromium ] || cat /etc/chromium/policies/managed/*'])
    t.equal(policy.code, 0, 'a second up takes nothing from the first')
    t.match(await lab.run(['curl', '-sS', 'https://box.com/whoami']), { code: 0, stdout: /"host":"box.com"/ })
  }),
)

void t.test('Ctrl-C', { skip: lacking('capture', 'curl') }, async (t) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    await t.test(`${signal} stops up within 2 s, whatever is in flight`, (t) =>
      withLab(t, async (lab) => {
        const url = (host: string) => `https://${host}/bytes/1000000000`
        const running = ['box.com', 'zoom.us'].map((host) =>
          lab.start(['run', '--', 'curl', '-sSv', '--limit-rate', '2M', '-o', '/dev/null', url(host)]),
        )
        // A flow counts from its decision on; one that ends in its handshake is another thing to curl.
        for (const download of running) await download.untilSaid('\n< HTTP/')
        const started = performance.now()
        lab.up.child.kill(signal)
        const { code, stderr } = await lab.up.ended
        const took = performance.now() - started
        t.ok(took < 2000, `${Math.round(took)} ms`)
        t.match({ code, stderr }, { code: 0, stderr: '' })
        for (const { ended } of running) t.equal((await ended).code, 56, 'a flow in flight is reset')
      }),
    )

  await t.test('when everything it has started hangs', (t) =>
    withLab(t, async (lab) => {
      for (const { pid, parent } of processesOf(lab.home)) if (parent === lab.up.pid) process.kill(pid, 'SIGSTOP')
      const started = performance.now()
      lab.up.child.kill('SIGINT')
      t.equal((await lab.up.ended).code, 0)
      const took = performance.now() - started
      t.ok(took < 3000, `${Math.round(took)} ms`)
    }),
  )

  await t.test('while it starts', (t) =>
    withHome(t, async (home) => {
      for (const processes of [1, 2, 4]) {
        const up = home.start(UP)
        await waitUntil(() => processesOf(home.home).length >= processes)
        up.child.kill('SIGINT')
        const { code } = await up.ended
        t.ok(code === 0 || code === 130, `with ${processes} processes: ${code}`)
      }
    }),
  )
})
