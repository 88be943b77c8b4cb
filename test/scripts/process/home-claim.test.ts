import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ControlClient } from '../../../agent/control/control-client.js'
import type { ControlMethod } from '../../../agent/control/protocol.js'
import { userMistake } from '../../../agent/errors.js'
import type { Agent, AgentStatus } from '../../../agent/running-agent.js'
import type { TunnelStatus } from '../../../agent/tunnel/tunnel.js'
import type { StandingFault } from '../../../gateway/faults/fault-board.js'
import { claimHome } from '../../../scripts/process/home-claim.js'
import { waitUntil } from '../../support/wait-until.js'

const nothing = (): void => {}

function socketPath(t: Test): string {
  const directory = mkdtempSync('/tmp/slt-')
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'agent.sock')
}

function agent(captureSettled: Promise<void> = Promise.resolve(), told: string[] = []): Agent {
  return {
    status: () => ({ pid: 7 }) as AgentStatus,
    mappings: () => [],
    flows: () => [],
    pops: () => ({ selection: null, failure: null, switches: [], tunnel: {} as TunnelStatus }),
    reselect: async () => void told.push('reselect'),
    connected: async () => true,
    enable: () => void told.push('enable'),
    disable: () => {
      throw userMistake('not-allowed', 'it fails closed')
    },
    update: async () => null,
    captureSettled: () => captureSettled,
    close: async () => {},
  }
}

const noFaults = (): readonly StandingFault[] => []

async function ask(path: string, method: ControlMethod, params?: unknown): Promise<unknown> {
  const client = await ControlClient.open(path)
  try {
    return await client?.ask(method, { params })
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
  claim.serve(agent(), noFaults)
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
  claim.serve(agent(settled), noFaults)
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

void t.test('what the user does, and what is faulty, is answered with what holds then', async (t) => {
  const path = socketPath(t)
  const claim = await claimHome(path, nothing)
  t.teardown(() => claim.close())
  const told: string[] = []
  const asked: unknown[] = []
  const standing: StandingFault = { pop: 'US-ORD1', fault: { kind: 'down' }, until: null }
  claim.serve(agent(undefined, told), (params) => {
    asked.push(params)
    return [standing]
  })
  t.match(await ask(path, 'enable'), { pid: 7, faults: [standing] })
  t.strictSame([told, asked], [['enable'], [{ list: true }]])
  await t.rejects(ask(path, 'disable'), { code: 'not-allowed', message: 'it fails closed', exitCode: 2 })
  t.strictSame(await ask(path, 'fault', { clear: true }), [standing])
  t.strictSame(asked.at(-1), { clear: true })
  t.match(await ask(path, 'pop'), { selection: null, switches: [] })
  t.strictSame(told, ['enable'])
  await ask(path, 'pop', { now: true })
  t.strictSame(told, ['enable', 'reselect'])
})
