import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { CaptureReport } from '../../../agent/capture-file/capture-request.js'
import { ControlClient } from '../../../agent/control/control-client.js'
import type { ControlMethod } from '../../../agent/control/protocol.js'
import type { ClientDetails } from '../../../agent/diag/client-details.js'
import type { DriverLogReport } from '../../../agent/diag/driver-log.js'
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

const DRIVER_LOG: DriverLogReport = { file: '', running: false, lines: 0, lost: 0, failure: '' }

const CAPTURE: CaptureReport = {
  kind: 'inner',
  running: true,
  file: '/logs/nspktdump.pcap',
  startedAt: '2026-11-23T14:00:00.000Z',
  source: 'rebuilt',
  packets: 0,
  bytes: 0,
  dropped: 0,
  keys: false,
  failure: '',
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
    disable: async (password) => {
      if (password !== undefined) return void told.push(`disable ${password}`)
      throw userMistake('not-allowed', 'it fails closed')
    },
    details: () => ({ orgName: 'Lab' }) as ClientDetails,
    setLog: ({ level = 'info', megabytes = 10 }) => ({ level, megabytes }),
    blocked: () => [{ app: 'opera', time: 1 }],
    driverLog: {
      start: (file = '') => ({ ...DRIVER_LOG, file, running: true }),
      stop: async () => DRIVER_LOG,
    },
    captures: {
      start: async (kind, request) => ({ ...CAPTURE, ...request, kind }) as CaptureReport,
      stop: async (kind) => ({ ...CAPTURE, kind, running: false }),
      list: () => [{ ...CAPTURE, packets: told.length }],
      flush: async () => void told.push('flush'),
    },
    speedTest: async ({ bytes }) => ({ bytes, ms: 5 }),
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

void t.test('what diagnostics ask, and what they may not ask', async (t) => {
  const path = socketPath(t)
  const told: string[] = []
  const claim = await claimHome(path, nothing)
  t.teardown(() => claim.close())
  claim.serve(agent(undefined, told), noFaults)

  const answers: readonly [method: ControlMethod, params: unknown, answer: unknown][] = [
    ['details', undefined, { orgName: 'Lab' }],
    ['log', undefined, { level: 'info', megabytes: 10 }],
    ['log', { level: 'debug', megabytes: 1024 }, { level: 'debug', megabytes: 1024 }],
    ['blocked', undefined, [{ app: 'opera', time: 1 }]],
    ['driver-log', { act: 'start', file: 'x.log' }, { file: 'x.log', running: true }],
    ['driver-log', { act: 'stop' }, { running: false }],
    ['capture', undefined, [{ kind: 'inner', running: true, packets: 1 }]],
    ['capture', { kind: 'outer', act: 'start', file: 'o.pcap' }, [{ kind: 'outer', file: 'o.pcap' }]],
    ['capture', { kind: 'outer', act: 'stop' }, [{ kind: 'outer', running: false }]],
    ['speed-test', { direction: 'upload', bytes: 1 }, { bytes: 1, ms: 5 }],
    ['disable', { password: 'secret' }, { pid: 7 }],
  ]
  for (const [method, params, answer] of answers) t.match(await ask(path, method, params), answer, method)
  t.strictSame(told, ['flush', 'disable secret'], 'the files are whole before they are told of')

  const refusals: readonly [method: ControlMethod, params: unknown, why: RegExp][] = [
    ['log', { level: 'loud' }, /^log cannot be asked so: level: .*"debug"/],
    ['log', { megabytes: 1025 }, /^log cannot be asked so: megabytes: a whole number from 1 to 1024 is allowed$/],
    ['log', { size: 1 }, /^log cannot be asked so: .*"size"/],
    [
      'driver-log',
      { act: 'start', file: '../x' },
      /^driver-log cannot be asked so: file: the name "\.\.\/x" has a path;/,
    ],
    ['driver-log', undefined, /^driver-log cannot be asked so: act: /],
    ['capture', { kind: 'inner', act: 'start', file: '/etc/passwd' }, /"\/etc\/passwd" has a path/],
    ['capture', { kind: 'inner', act: 'start', snapLength: 13 }, /from 14 to 262144/],
    ['capture', { kind: 'sideways', act: 'stop' }, /^capture cannot be asked so: /],
    ['speed-test', { direction: 'upload', bytes: 1e12 }, /^speed-test cannot be asked so: bytes: /],
    ['disable', { password: 'x'.repeat(257) }, /^disable cannot be asked so: password: /],
    ['pop', { now: 'yes' }, /^pop cannot be asked so: now: /],
    ['pop', 'now', /^pop cannot be asked so: /],
  ]
  for (const [method, params, message] of refusals)
    await t.rejects(ask(path, method, params), { code: 'bad-request', exitCode: 2, message }, `${method} ${message}`)
})
