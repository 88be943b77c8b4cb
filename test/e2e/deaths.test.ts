/** `kill -9` of each process in turn: what can go on goes on, what cannot fails closed, and nothing stays behind. */

import { readFileSync, readlinkSync } from 'node:fs'
import t from 'tap'
import { processesOf } from '../support/leftovers.js'
import { lacking } from '../support/needs.js'
import { type Running, type TestLab, withHome, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const skip = lacking('capture', 'curl')
const WHOAMI = 'curl -sS --max-time 9 https://box.com/whoami; echo "curl $?"'
const FROM_GATEWAY = /"from":"127\.16\.116\.1"/

/** A captured shell in the middle of a long download, which then says how that ended and asks anew. */
async function downloading(lab: TestLab): Promise<Running> {
  const download = 'curl -sSv --limit-rate 2M -o /dev/null https://box.com/bytes/1000000000; echo "download $?"'
  const running = lab.start(['run', '--', 'sh', '-c', `${download}; ${WHOAMI}`])
  await running.untilSaid('\n< HTTP/')
  return running
}

void t.test('a killed gateway is started again', { skip }, (t) =>
  withLab(t, async (lab) => {
    const running = await downloading(lab)
    const gateway = lab.childPid('steerlab gateway')
    const killed = performance.now()
    process.kill(gateway, 'SIGKILL')
    await running.untilSaid('curl 0')
    const took = performance.now() - killed
    t.ok(took < 2000, `a new flow works within 2 s (${Math.round(took)} ms)`)
    const { stdout } = await running.ended
    t.match(stdout, /download 56\n/, 'the flow in flight ended with a reset')
    t.match(stdout, FROM_GATEWAY)
    t.not(lab.childPid('steerlab gateway'), gateway)
    t.match(lab.up.said(), /steerlab: the gateway is gone \(it ended with SIGKILL\); starting it again\n/)

    const life = (await lab.logLines('nsTunnel TLS')).map((line) => line.replace(/^.* nsTunnel TLS /, ''))
    const turns = life.filter((line) => /^Tunnel established|tunnel destroyed$/.test(line))
    t.match(turns, [/^Tunnel established/, 'received nsssl_closed, tunnel destroyed', /^Tunnel established/])
    t.equal((await lab.logLines('[sessId 2] Tunneling flow')).length, 1, 'the new flow is in a new session')
    t.match(await lab.status(), { tunnel: { state: 'connected', sessionId: 2, flows: 0 } })
  }),
)

void t.test('a killed agent takes everything with it, and captured programs fail closed', { skip }, (t) =>
  withLab(t, async (lab) => {
    const idle = 'sleep 0.1; while kill -0 $UP 2>/dev/null; do sleep 0.05; done; sleep 0.3; readlink /proc/self/ns/net;'
    const direct = 'curl -sS --max-time 5 http://74.112.186.144/; echo "direct $?"; '
    const running = lab.start(['run', '--', 'sh', '-c', `${WHOAMI}; ${idle} ${WHOAMI}; ${direct}`], {
      env: { UP: String(lab.up.pid) },
    })
    await running.untilSaid('curl 0')
    lab.up.child.kill('SIGKILL')
    await waitUntil(() => processesOf(lab.home).every(({ pid, parent }) => isOf(running.pid, pid, parent)), 2000)
    t.pass('gateway, lab, holder and tracer are gone within 2 s')
    const { stdout } = await running.ended
    t.match(stdout, /net:\[\d+\]\ncurl [67]\ndirect 7\n$/, 'names and connections are refused')
    t.notOk(stdout.includes(readlinkSync('/proc/self/ns/net')), 'in a namespace that leads nowhere')

    t.match(await lab.cli(['status']), { code: 1, stderr: /^steerlab: no agent is running for the home .*\n$/ })
    t.match(
      await lab.cli(['run', '--lab', '--', 'sh', '-c', WHOAMI]),
      { code: 0, stdout: FROM_GATEWAY },
      'a new one works',
    )
  }),
)

void t.test('a killed holder cuts its programs off, and a new namespace is made', { skip }, (t) =>
  withLab(t, async (lab) => {
    const running = await downloading(lab)
    process.kill(lab.childPid('namespace-holder'), 'SIGKILL')
    t.match(await lab.run(['sh', '-c', WHOAMI]), { code: 0, stdout: FROM_GATEWAY }, 'a run right after that works')
    const { stdout } = await running.ended
    t.match(stdout, /download 56\ncurl [67]\n$/, 'the old program is cut off')
    t.match(
      lab.up.said(),
      /steerlab: the captured namespace was lost .*; programs in it are cut off, a new one is made\n/,
    )
    t.equal(processesOf(lab.home).filter(({ command }) => command.startsWith('nft monitor')).length, 1)
  }),
)

void t.test('a killed lab ends up in one sentence', { skip }, (t) =>
  withLab(t, async (lab) => {
    process.kill(lab.childPid('steerlab lab'), 'SIGKILL')
    t.match(await lab.up.ended, { code: 1, stderr: 'steerlab: the lab is gone: it ended with SIGKILL\n' })
  }),
)

void t.test('what is killed on demand ends the same', { skip }, (t) =>
  withHome(t, async (home) => {
    const running = home.start(['run', '--lab', '--', 'sh', '-c', `${WHOAMI}; read line; ${WHOAMI}`], { input: 'open' })
    await running.untilSaid('curl 0')
    const agent = processesOf(home.home).find(({ command }) => command.includes('--on-demand'))
    process.kill(agent?.pid ?? 0, 'SIGKILL')
    await waitUntil(() =>
      processesOf(home.home).every(({ command }) => !/steerlab|nft/.test(command) || / run --lab/.test(command)),
    )
    running.child.stdin?.end('go\n')
    t.match((await running.ended).stdout, /curl 0\ncurl [67]\n$/, 'cut off, not let through')
    t.equal((await home.cli(['run', '--lab', '--', 'true'])).code, 0, 'the next agent sweeps up after it')
  }),
)

/** Whether a process is the captured run itself or one of its programs. */
function isOf(run: number, pid: number, parent: number): boolean {
  return pid === run || parent === run || parentOf(parent) === run
}

function parentOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])
  } catch {
    return 0
  }
}
