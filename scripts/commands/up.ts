/** `steerlab up` (`npm start`): gateway and agent in the foreground until Ctrl-C. */

import type { CommandModule } from 'yargs'
import { messageOf, SteerError, userMistake } from '../../agent/errors.js'
import { DEFAULT_PROFILE, PROFILE_NAMES } from '../../agent/log/profiles.js'
import { routeInCloud } from '../../agent/outbound/cloud-route.js'
import type { AgentStatus } from '../../agent/running-agent.js'
import { chooseProfile } from '../logs/choose-profile.js'
import { choosePops } from '../process/choose-pops.js'
import { homeDirectory } from '../process/home.js'
import type { OnDemandAnswer } from '../process/on-demand.js'
import { ownCommand } from '../process/own-command.js'
import { type Stack, startStack } from '../process/stack.js'
import { homeOf } from './common.js'

/** Options that say what kind of lab it is; `up`, `run` and `browse` share them. */
export interface StackArguments {
  readonly home?: string | undefined
  readonly lab: boolean
  readonly profile: string
  readonly upstreamSocks?: string | undefined
}

interface UpArguments extends StackArguments {
  readonly proxyPort: number
  readonly socksPort: number
  readonly dnsPort: number
  readonly pops?: string | undefined
  readonly processPerPop: boolean
  readonly onDemand: boolean
}

/** The shared options, for a command's builder. */
export const STACK_OPTIONS = {
  lab: { type: 'boolean', default: false, describe: 'A mock internet on loopback in place of the real network' },
  profile: {
    type: 'string',
    requiresArg: true,
    default: DEFAULT_PROFILE,
    describe: `Whose nsdebuglog to write: ${PROFILE_NAMES.join(', ')}, or a file of your own`,
  },
  'upstream-socks': {
    type: 'string',
    requiresArg: true,
    describe: 'Dial out through a SOCKS5 proxy: socks5://[user:pass@]host:port',
  },
} as const

/** A loopback port; read as text, because yargs takes `abc` for NaN. */
function portOption(normal: number, what: string) {
  return {
    type: 'string',
    requiresArg: true,
    default: String(normal),
    describe: `${what}; 0 takes a free one`,
    coerce: readPort,
  } as const
}

/** A port as it is typed. Throws a user's mistake with code `bad-port`. */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw userMistake('bad-port', `a port is a number from 0 to 65535, and not "${text}"`)
  return port
}

/** The tunnel is up a moment after the agent; longer than this nobody is made to wait for it, ms. */
const CONNECT_WAIT_MS = 2000

/** An agent started for the duration ends when nobody has taken a lease for this long, ms. */
const GRACE_MS = 10_000

export const upCommand: CommandModule<object, UpArguments> = {
  command: 'up',
  describe: 'Run gateway and agent in the foreground until Ctrl-C',
  builder: (yargs) =>
    yargs
      .options(STACK_OPTIONS)
      .option('proxy-port', portOption(3128, 'HTTP proxy and PAC port'))
      .option('socks-port', portOption(1080, 'SOCKS5 port'))
      .option('dns-port', portOption(5353, 'DNS port, UDP and TCP'))
      .option('pops', {
        type: 'string',
        requiresArg: true,
        describe:
          'A JSON file with the POPs of the mock cloud; usual: gateway/pops.json of the home, or the built-in ones',
      })
      .option('process-per-pop', {
        type: 'boolean',
        default: false,
        describe: 'A gateway process for each POP, so that one can be killed alone',
      })
      .option('on-demand', { type: 'boolean', default: false, hidden: true })
      .example('$0 up --lab', 'Everything on this machine, no network needed')
      .example('$0 up --profile macos-r126', 'The log as a macOS client writes it') as never,
  handler: async (argv) => {
    await (argv.onDemand ? upOnDemand(argv) : upInForeground(argv))
  },
}

async function upInForeground(argv: UpArguments): Promise<void> {
  const home = homeOf(argv)
  let broken = (_reason: string): void => {}
  let isStopped = false
  const stopped = new Promise<string | undefined>((resolve) => {
    const end = (reason?: string): void => {
      isStopped = true
      resolve(reason)
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end())
    broken = end
  })
  const stack = await startStack({
    ...argv,
    home: home.root,
    profile: await chooseProfile(argv.profile),
    table: await choosePops(argv.pops, home.root),
    ports: { http: argv.proxyPort, socks: argv.socksPort, dns: argv.dnsPort },
    env: process.env,
    warn: (line) => process.stderr.write(`${line}\n`),
    broken,
  })
  const isUsual = home.root === homeDirectory(undefined, { ...process.env, STEERLAB_HOME: undefined })
  const example = ['run', ...(isUsual ? [] : ['--home', home.root]), '--', 'curl', '-s', 'https://box.com/whoami']
  if (!isStopped) await stack.connected(CONNECT_WAIT_MS)
  if (!isStopped) process.stdout.write(banner(stack.status(), ownCommand(process.argv[1] ?? '', example)))
  const reason = await stopped
  await stack.stop()
  if (reason !== undefined) throw new SteerError('stack-broken', reason)
}

/** What is listening, and how to run a program through it. */
function banner({ proxy, capture, log, lab, tunnel, cloud }: AgentStatus, example: string): string {
  const { ip, port } = routeInCloud(cloud, tunnel, tunnel.transport === 'DTLS' ? 'udp' : 'tcp')
  const gateway = `POP ${tunnel.pop}, ${tunnel.gateway} (${tunnel.ip}:${tunnel.port}), which listens at ${ip}:${port}`
  const rows = [
    `steerlab is up${lab === null ? '' : ', with a mock internet'}. Ctrl-C stops it.`,
    `  gateway     ${tunnel.state === 'connected' ? gateway : `not connected yet: ${tunnel.doing}`}`,
    `  HTTP proxy  ${proxy.http}`,
    `  SOCKS5      ${proxy.socks}`,
    `  PAC         ${proxy.pac}`,
    `  DNS         ${proxy.dns} (UDP and TCP)`,
    `  log         ${log}`,
    capture.available ? `  capture     ${example}` : `  capture     not available (${capture.reason}); use the proxy`,
  ]
  return `${rows.join('\n')}\n`
}

/** Serves `run` and `browse` until the last of them is gone. Speaks to the one that started it over IPC, once. */
async function upOnDemand(argv: UpArguments): Promise<void> {
  const answer = (message: OnDemandAnswer): Promise<void> =>
    new Promise((resolve) => {
      if (!process.connected) return resolve()
      process.send?.(message, () => {
        if (process.connected) process.disconnect?.()
        resolve()
      })
    })
  // The terminal's signals are for the program that was run; this process ends with its leases.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  let finish = (): void => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  process.once('SIGTERM', finish)
  let stack: Stack
  const home = homeOf(argv)
  try {
    stack = await startStack({
      ...argv,
      home: home.root,
      profile: await chooseProfile(argv.profile),
      table: await choosePops(argv.pops, home.root),
      ports: { http: 0, socks: 0, dns: 0 },
      env: process.env,
      warn: () => {},
      lastLeaseEnded: finish,
      broken: finish,
    })
  } catch (error) {
    const { code, exitCode } = error instanceof SteerError ? error : { code: 'fault', exitCode: 1 as const }
    return answer({ type: 'failed', code, message: messageOf(error), exitCode })
  }
  await stack.connected(CONNECT_WAIT_MS)
  const isWaitedFor = process.connected
  await answer({ type: 'ready' })
  const grace = setTimeout(() => stack.leases() === 0 && finish(), isWaitedFor ? GRACE_MS : 0)
  await finished
  clearTimeout(grace)
  await stack.stop()
}
