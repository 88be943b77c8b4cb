import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Agent, AgentStatus } from '../../../agent/agent.js'
import { ControlClient } from '../../../agent/control/control-client.js'
import { claimHome } from '../../../scripts/process/home-claim.js'
import { waitUntil } from '../../support/wait-until.js'

const nothing = (): void => {}

function socketPath(t: Test): string {
  const directory = mkdtempSync('/tmp/slt-')
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'agent.sock')
}

function agent(captureSettled: Promise<void> = Promise.resolve()): Agent {
  return {
    status: () => ({ pid: 7 }) as AgentStatus,
    mappings: () => [],
    flows: () => [],
    update: async () => null,
    captureSettled: () => captureSettled,
    close: async () => {},
  }
}

async function ask(path: string, method: 'status' | 'map' | 'flows' | 'lease'): Promise<unknown> {
  const client = await ControlClient.open(path)
  try {
    return await client?.ask(method)
  } finally {
    client?.close()
  }
}

void t.test('a home is claimed once at a time', async (t) => {
  const path = socketPath(t)
  const claim = await claimHome(path, nothing)
  await t.rejects(claimHome(path, nothing), { code: 'already-running' })
  claim.close()
  const next = await claimHome(path, nothing)
  t.pass('given up, it can be claimed again')
  next.close()
})

void t.test('who asks before the agent is up waits for it', async (t) => {
  const path = socketPath(t)
  const claim = await claimHome(path, nothing)
  const early = Promise.all([ask(path, 'status'), ask(path, 'map'), ask(path, 'flows'), ask(path, 'lease')])
  await waitUntil(() => claim.leases() === 1)
  claim.serve(agent())
  const status = { pid: 7 }
  t.match(await early, [status, [], [], status])
  claim.close()
})

void t.test('a lease waits for a namespace that is being made anew, a status does not', async (t) => {
  const path = socketPath(t)
  let settle = nothing
  const settled = new Promise<void>((resolve) => {
    settle = resolve
  })
  let ended = 0
  const claim = await claimHome(path, () => {
    ended += 1
  })
  claim.serve(agent(settled))
  let leased = false
  const lease = ask(path, 'lease').then(() => {
    leased = true
  })
  await waitUntil(() => claim.leases() === 1)
  t.match(await ask(path, 'status'), { pid: 7, leases: 1 })
  t.equal(leased, false)
  settle()
  await lease
  await waitUntil(() => claim.leases() === 0)
  t.equal(ended, 1, 'and its end is told')
  claim.close()
})
