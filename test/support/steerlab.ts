/**
 * The product as its user has it: the built command in processes of its own, a fresh home, and in the end a count of
 * what is left. `withLab` has an agent running with the lab, `withHome` has none.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { FlowRecord } from '../../agent/flow-history.js'
import type { AgentStatus } from '../../agent/running-agent.js'
import { leftoversOf, MARK, processesOf } from './leftovers.js'
import { pathOf, SEARCH_PATH } from './needs.js'
import { waitUntil } from './wait-until.js'

/** The built command, as `node` is given it. */
export const CLI = fileURLToPath(new URL('../../scripts/cli.js', import.meta.url))

/** Listen wherever there is room: several labs run at once. */
export const ANY_PORTS = ['--proxy-port', '0', '--socks-port', '0', '--dns-port', '0'] as const

/** Longest a program may take that a test waits for, ms: it is killed then, and its exit code is 137. */
const TIME_LIMIT_MS = 60_000

/** An agent that nobody uses any more has this long to be gone, ms: a moment, but for a machine that is overloaded. */
const GONE_MS = 15_000

/** Started this way a program dies with its test, whatever the test dies of. */
const SETPRIV = pathOf('setpriv')
const TIED = SETPRIV === undefined ? [] : [SETPRIV, '--pdeathsig', 'KILL']

/** How a program ended; a signal n is code 128 + n. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What a program is started with beside its command line. */
export interface StartOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** A command that runs the rest of its command line, such as `unshare --net --`. */
  readonly under?: readonly string[]
  /** Standard input, whole; without it there is none. `open` leaves it to the test. */
  readonly input?: string | Uint8Array | 'open'
}

/** A program that was started. */
export interface Running {
  readonly child: ChildProcess
  readonly pid: number
  readonly ended: Promise<Ended>
  /** What it has written to standard output and error so far. */
  said(): string
  /** Waits until it has said something on either; rejects when it ends before. */
  untilSaid(text: string): Promise<void>
}

/** A home directory and the command for it. */
export interface TestHome {
  readonly home: string
  /** `steerlab --home HOME ARGS`, to its end. */
  cli(args: readonly string[], options?: StartOptions): Promise<Ended>
  /** As `cli`, but goes on. */
  start(args: readonly string[], options?: StartOptions): Running
  /** `steerlab run -- COMMAND`, to its end. */
  run(command: readonly string[], options?: StartOptions): Promise<Ended>
  /** A line typed into a shell, to its end. */
  shell(line: string): Promise<Ended>
  /** The lines of nsdebuglog that contain every one of `parts`. */
  logLines(...parts: readonly string[]): Promise<string[]>
}

/** A home whose agent runs. */
export interface TestLab extends TestHome {
  /** `steerlab up`. */
  readonly up: Running
  status(): Promise<AgentStatus>
  flows(): Promise<FlowRecord[]>
  /** The pid of the agent's child whose command line contains `part`. */
  childPid(part: string): number
}

/** Runs `body` with a fresh home; fails the test when something is left of it afterwards. */
export async function withHome(t: Test, body: (home: TestHome) => Promise<void>, user = userId()): Promise<void> {
  // Short, because a home holds a Unix socket.
  const home = mkdtempSync('/tmp/slt-')
  if (user !== userId()) chownSync(home, user, user)
  const asUser = user === userId() ? [] : [`--reuid=${user}`, `--regid=${user}`, '--clear-groups']
  const start = (args: readonly string[], options: StartOptions = {}): Running =>
    startProgram([...TIED, ...asUser, ...(options.under ?? []), process.execPath, CLI, '--home', home, ...args], {
      ...options,
      env: { ...environment(home), ...(user === userId() ? {} : { HOME: home }), ...options.env },
    })
  const cli = (args: readonly string[], options?: StartOptions): Promise<Ended> => inTime(start(args, options))
  try {
    await body({
      home,
      cli,
      start,
      run: (command, options) => cli(['run', '--', ...command], options),
      shell: (line) => inTime(startProgram([...TIED, 'sh', '-c', line], { env: environment(home) })),
      logLines: async (...parts) => {
        const text = await readFile(join(home, 'stagent', 'logs', 'nsdebuglog.log'), 'utf8').catch(() => '')
        return text.split(/\r?\n/).filter((line) => line !== '' && parts.every((part) => line.includes(part)))
      },
    })
    await waitUntil(() => leftoversOf(home).length === 0, GONE_MS).catch(() => {})
    t.strictSame(leftoversOf(home), [], 'nothing is left behind')
  } finally {
    for (const { pid } of processesOf(home)) process.kill(pid, 'SIGKILL')
    await waitUntil(() => processesOf(home).length === 0)
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** What a lab is started with. */
export interface LabOptions {
  /** Flags of `up`; `--lab` by default. */
  readonly flags?: readonly string[]
  /** The client's files that are not the default ones, by name. */
  readonly files?: Readonly<Record<string, unknown>>
  /** The gateway's files, such as inspect.json, by name; none by default. */
  readonly gatewayFiles?: Readonly<Record<string, unknown>>
  /** What `up` is run under. */
  readonly under?: readonly string[]
}

/** Runs `body` with `steerlab up` running; it is stopped as with Ctrl-C. */
export function withLab(t: Test, body: (lab: TestLab) => Promise<void>, options: LabOptions = {}): Promise<void> {
  const { flags = ['--lab'], files = {}, gatewayFiles = {}, under = [] } = options
  return withHome(t, async (home) => {
    for (const [folder, contents] of Object.entries({ stagent: files, gateway: gatewayFiles })) {
      mkdirSync(join(home.home, folder), { recursive: true })
      for (const [name, value] of Object.entries(contents))
        writeFileSync(join(home.home, folder, name), JSON.stringify(value))
    }
    const up = home.start(['up', ...flags, ...ANY_PORTS], { under })
    await up.untilSaid('Ctrl-C stops it')
    const ask = async (what: string): Promise<unknown> => JSON.parse((await home.cli([what, '--json'])).stdout)
    await body({
      ...home,
      up,
      status: () => ask('status') as Promise<AgentStatus>,
      flows: () => ask('flows') as Promise<FlowRecord[]>,
      childPid: (part) => {
        const child = processesOf(home.home).find(({ parent, command }) => parent === up.pid && command.includes(part))
        if (child === undefined) throw new Error(`up has no child ${part}`)
        return child.pid
      },
    })
    if (up.child.exitCode !== null || up.child.signalCode !== null) return
    up.child.kill('SIGINT')
    t.equal((await up.ended).code, 0, 'up ends in order')
  })
}

/** How a program ends, within the time limit. */
async function inTime({ child, ended }: Running): Promise<Ended> {
  const timer = setTimeout(() => child.kill('SIGKILL'), TIME_LIMIT_MS)
  try {
    return await ended
  } finally {
    clearTimeout(timer)
  }
}

/** Starts any program. */
export function startProgram([file = '', ...args]: readonly string[], options: StartOptions = {}): Running {
  const { env = environment(''), cwd = '/tmp', input } = options
  // tap adds itself to the NODE_OPTIONS of whatever is spawned; the product must run as its user has it.
  const child = spawn('/usr/bin/env', ['-u', 'NODE_OPTIONS', file, ...args], {
    env,
    cwd,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  const out: Buffer[] = []
  const errors: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk))
  child.stdin?.on('error', () => {})
  if (input !== undefined && input !== 'open') child.stdin?.end(input)
  const said = (): string => Buffer.concat([...out, ...errors]).toString()
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    const stdout = Buffer.concat(out).toString('latin1')
    const number = signal === null ? 0 : constants.signals[signal as NodeJS.Signals]
    return { code: code ?? 128 + number, stdout, stderr: Buffer.concat(errors).toString() }
  })
  return {
    child,
    pid: child.pid ?? 0,
    ended,
    said,
    untilSaid: async (text) => {
      let over = false
      void ended.finally(() => {
        over = true
      })
      await waitUntil(() => over || said().includes(text), TIME_LIMIT_MS)
      if (!said().includes(text)) throw new Error(`${args.join(' ')} ended without saying ${text}: ${said()}`)
    },
  }
}

/** The machine's environment, CA variables and all, but for what would lead programs around the lab. */
export function environment(home: string): Record<string, string | undefined> {
  const foreign = /^(STEERLAB_|NODE_OPTIONS$|_?TAP|XDG_)|_proxy$/i
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return { ...Object.fromEntries(kept), PATH: SEARCH_PATH, [MARK]: home }
}

function userId(): number {
  return process.getuid?.() ?? 0
}
