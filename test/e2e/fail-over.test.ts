/** The POP in use is lost, or left, under 200 flows: by `kill -9` of its process, by packets that vanish, by choice. */

import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { popsApart, withPops } from '../support/lab-files.js'
import { lacking } from '../support/needs.js'
import type { FlowsReport } from '../support/numbered-flows.js'
import { ownNetwork } from '../support/own-network.js'
import type { Running, TestLab } from '../support/steerlab.js'
import { withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const PROGRAM = fileURLToPath(new URL('../support/numbered-flows.js', import.meta.url))
const FLOWS = 200
const skip = lacking('capture')

/** From the moment a loss is known, new flows work within this, ms. */
const WITHIN_MS = 3000

/** A peer that says nothing is gone after this, ms: one second until it is asked, and one for its answer. */
const KEEP_ALIVE_MS = 2000

/** Three POPs: a process each is enough to start. */
const POPS = { pops: popsApart(3) }

/** The program, captured, once all its flows work. */
async function busyFlows(lab: TestLab, count: number, under: readonly string[] = []): Promise<Running> {
  const command = [process.execPath, PROGRAM, String(count), 'box.com']
  const flows = lab.start(['run', '--', ...command], { input: 'open', under })
  await flows.untilSaid(`${count} work\n`)
  return flows
}

async function reportOf(flows: Running): Promise<FlowsReport> {
  flows.child.stdin?.end()
  const { stdout } = await flows.ended
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as FlowsReport
}

/** All flows were cut, and their successors work, on another POP, in a new session; the log tells it in order. */
async function mended(t: Test, lab: TestLab, flows: Running): Promise<void> {
  const { wrong, cuts } = await reportOf(flows)
  t.strictSame(wrong, [], 'nothing came twice, or on the wrong flow')
  t.equal(cuts.length, FLOWS, 'every flow was cut once')
  const longest = Math.round(Math.max(...cuts))
  t.ok(Math.min(...cuts) >= 0 && longest < WITHIN_MS, `the last of their successors works after ${longest} ms`)
  t.match(await lab.status(), { tunnel: { state: 'connected', pop: 'US-ORD2', sessionId: 2 } })
  t.match(JSON.parse((await lab.cli(['pop', '--json'])).stdout).switches, [
    { from: '', to: 'US-ORD1', method: 'gslb' },
    { from: 'US-ORD1', to: 'US-ORD2', method: 'gslb', why: /^the session before it ended: \S/ },
  ])

  const lines = await lab.logLines()
  const story = [
    'nsTunnel TLS received nsssl_closed, tunnel destroyed',
    'nsTunnel TLS Connecting to gateway-ord2.goskope.com:443',
    'nsssl TLS remote host gateway-ord2.goskope.com resolved to 163.116.249.35, port 443',
    'nsTunnel TLS SSL connected to the gslbgw server: gateway-ord2.goskope.com(163.116.249.35):443 successfully',
    'nsTunnel TLS Tunnel established to gateway: gateway-ord2.goskope.com, pop: US-ORD2',
    'CTunnelMgr Tunnel Up',
  ]
  const lost = lines.findIndex((line) => line.endsWith(story[0]!))
  const told = lines.slice(lost, lost + story.length).map((line) => line.replace(/^.*\.cpp:\d+ /, ''))
  t.strictSame(told, story, 'the log tells the story in order')
  const sessions = lines.map((line) => Number(/\[sessId (\d+)\] Tunneling flow/.exec(line)?.[1]))
  t.equal(sessions.filter((session) => session === 1).length, FLOWS)
  t.ok(sessions.lastIndexOf(1) < lost, 'flows of the first session come before it')
  t.ok(sessions.indexOf(2) > lost + story.length - 1, 'and those of the second behind it')
  t.equal(sessions.filter((session) => session === 2).length, FLOWS)
}

void t.test('the process of the POP in use is killed', { skip, timeout: 60_000 }, (t) =>
  withLab(
    t,
    async (lab) => {
      const flows = await busyFlows(lab, FLOWS)
      const pop = lab.childPid('steerlab gateway US-ORD1')
      process.kill(pop, 'SIGKILL')
      await flows.untilSaid(`${2 * FLOWS} work\n`)
      await mended(t, lab, flows)
      t.match(lab.up.said(), /steerlab: the gateway of US-ORD1 is gone \(it ended with SIGKILL\); starting it again\n/)

      await waitUntil(() => lab.childPid('steerlab gateway US-ORD1') !== pop)
      await lab.cli(['fault', 'pop', 'US-ORD2', 'down'])
      await waitUntil(async () => (await lab.logLines('Tunnel Up')).length === 3)
      await lab.cli(['pop', '--now'])
      t.match(await lab.status(), { tunnel: { state: 'connected', pop: 'US-ORD1' } }, 'which then serves again')
    },
    { flags: ['--lab', ...withPops(t, POPS), '--process-per-pop'] },
  ),
)

void t.test('packets to the POP in use vanish', { skip, timeout: 60_000 }, async (t) => {
  const network = ownNetwork()
  await withLab(
    t,
    async (lab) => {
      const flows = await busyFlows(lab, FLOWS, network.inside(lab.up.pid))
      const before = Date.now()
      network.blackHole(lab.up.pid, '127.18.0.1')
      await flows.untilSaid(`${2 * FLOWS} work\n`)
      const [alarm = ''] = await lab.logLines('keepAlive fails with')
      const noticedMs = Date.parse(alarm.slice(0, 23)) - before
      t.ok(noticedMs < KEEP_ALIVE_MS + 1000, `noticed after ${noticedMs} ms`)
      await mended(t, lab, flows)
    },
    {
      flags: ['--lab', ...withPops(t, POPS)],
      files: { 'steerlab.json': { tunnel: { keepAliveSeconds: 1, keepAliveWithinSeconds: 1 } } },
      under: network.under,
    },
  )
})

void t.test('the POP in use becomes slow, and is left', { skip, timeout: 60_000 }, (t) =>
  withLab(
    t,
    async (lab) => {
      const flows = await busyFlows(lab, 20)
      await lab.cli(['fault', 'pop', 'US-ORD1', 'rtt', '150'])
      await lab.cli(['pop', '--now'])
      t.match(await lab.status(), { tunnel: { pop: 'US-ORD2', sessionId: 2, flows: 0, draining: 1 } })
      flows.child.stdin?.write('more\n')
      await flows.untilSaid('40 work\n')
      t.match(await lab.status(), { tunnel: { flows: 20, draining: 1 } }, 'new flows are in the new session')
      t.equal((await lab.logLines('[sessId 1] Tunneling flow')).length, 20)
      t.equal((await lab.logLines('[sessId 2] Tunneling flow')).length, 20)
      const { worked, wrong, cuts } = await reportOf(flows)
      t.strictSame({ worked, wrong, cuts }, { worked: 40, wrong: [], cuts: [] }, 'nobody was cut')
      await waitUntil(async () => (await lab.status()).tunnel.draining === 0)
      t.equal((await lab.logLines('tunnel destroyed')).length, 0, 'the old session ended in order')
    },
    { flags: ['--lab', ...withPops(t, POPS)] },
  ),
)
