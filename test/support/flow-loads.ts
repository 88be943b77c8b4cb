/** Many flows: at once, one after the other, idle; and a reader that does not read. Nothing may fail, leak or pile up. */

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { TestLab } from './steerlab.js'
import { waitUntil } from './wait-until.js'

const PROGRAM = fileURLToPath(new URL('./many-flows.js', import.meta.url))
const MIB = 1024 * 1024

function descriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
}

/** Runs `body` and checks that agent and gateway hold as many descriptors afterwards as before. */
async function leakless(t: Test, pids: readonly number[], body: () => Promise<void>): Promise<void> {
  const before = pids.map(descriptors)
  await body()
  const same = (): boolean => pids.every((pid, index) => descriptors(pid) <= before[index]!)
  await waitUntil(same, 10_000).catch(() => {})
  t.ok(same(), `descriptors before ${before}, after ${pids.map(descriptors)}`)
}

function run(lab: TestLab, kind: string, host: string, count: number) {
  return lab.start(['run', '--', process.execPath, PROGRAM, kind, host, String(count)], { input: 'open' })
}

async function succeeds(t: Test, lab: TestLab, kind: string, host: string, count: number): Promise<void> {
  const program = run(lab, kind, host, count)
  program.child.stdin?.end()
  const { code, stderr } = await program.ended
  t.equal(code, 0, `${count} flows ${kind} to ${host} ${stderr}`)
}

/** Puts every kind of load on the lab, to each of `hosts`. */
export async function bears(t: Test, lab: TestLab, hosts: readonly string[]): Promise<void> {
  const pids = [lab.up.pid, lab.childPid('steerlab gateway')]
  // Code is compiled and memory is fetched at first use: that is no leak.
  for (const host of hosts) await succeeds(t, lab, 'together', host, 300)

  await t.test('500 at once', async (t) => {
    for (const host of hosts) await leakless(t, pids, () => succeeds(t, lab, 'together', host, 500))
  })
  // From here on: V8 has grown its young generation to the size that load needs, once.
  const resident = residentBytes(lab.up.pid)
  await t.test('10,000 one after the other', async (t) => {
    for (const host of hosts) await leakless(t, pids, () => succeeds(t, lab, 'after', host, 5000))
  })
  await t.test('2,000 idle', async (t) => {
    for (const host of hosts)
      await leakless(t, pids, async () => {
        const before = residentBytes(lab.up.pid)
        const program = run(lab, 'idle', host, 2000)
        await program.untilSaid('ready')
        await waitUntil(async () => (await lab.status()).capture.available)
        const each = (residentBytes(lab.up.pid) - before) / 2000
        t.ok(each < 64 * 1024, `an idle flow takes ${Math.round(each)} bytes of the agent`)
        program.child.stdin?.end()
        t.equal((await program.ended).code, 0)
      })
  })
  await t.test('a slow reader holds a window, not the download', async (t) => {
    for (const host of hosts)
      await leakless(t, pids, async () => {
        const before = pids.map(residentBytes)
        const program = run(lab, 'slow', host, 200)
        await program.untilSaid('ready')
        // Another program is served meanwhile: what piles up would pile up now.
        await succeeds(t, lab, 'together', host, 50)
        const grown = pids.map((pid, index) => residentBytes(pid) - before[index]!)
        t.ok(Math.max(...grown) < 48 * MIB, `agent and gateway grew by ${grown.map((bytes) => bytes / MIB)} MiB`)
        program.child.stdin?.end()
        await program.ended
      })
  })
  const grown = residentBytes(lab.up.pid) - resident
  t.ok(grown < 64 * MIB, `after all of it the agent has grown by ${(grown / MIB).toFixed(1)} MiB`)
  t.equal((await lab.status()).tunnel.sessionId, 1, 'on the one session')
}
