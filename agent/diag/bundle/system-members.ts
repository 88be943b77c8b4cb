/** The system's side as members: addresses, routes, network namespaces, and the versions of what is installed. */

import { execFile } from 'node:child_process'
import { setMaxListeners } from 'node:events'
import { readFile } from 'node:fs/promises'
import { release } from 'node:os'
import { promisify } from 'node:util'
import { type Found, foundTogether, jsonMember, type Member, whyNot } from './member.js'

/** How the system is asked. */
export interface SystemQuestions {
  readonly steerlabVersion: string
  /** Where programs are looked for, as PATH. */
  readonly searchPath: string
  /** `soughtForms` of what must not be told. */
  readonly forms: readonly string[]
  readonly signal?: AbortSignal | undefined
}

/** Longest that a program may take, ms, and most that it may say, bytes: a router's table of a million routes is cut. */
const PROGRAM_LIMITS = { timeout: 5000, maxBuffer: 8 * 1024 * 1024 } as const

/** Without commands of processes in the list of namespaces: passwords are given on command lines. */
const JSON_COMMANDS: ReadonlyArray<readonly [name: string, command: readonly [string, ...string[]]]> = [
  ['system/addresses.json', ['ip', '-j', 'addr']],
  ['system/routes.json', ['ip', '-j', 'route', 'show', 'table', 'all']],
  ['system/routes6.json', ['ip', '-j', '-6', 'route', 'show', 'table', 'all']],
  ['system/rules.json', ['ip', '-j', 'rule']],
  ['system/rules6.json', ['ip', '-j', '-6', 'rule']],
  ['system/namespaces.json', ['lsns', '-J', '--type', 'net', '--output', 'NS,NPROCS,PID,USER,NETNSID,NSFS']],
]

/** What the agent, its captures or its programs work with; each with what makes it tell its version. */
const TOOLS: ReadonlyArray<readonly [string, ...string[]]> = [
  ['ip', '-V'],
  ['nft', '--version'],
  ['unshare', '--version'],
  ['openssl', 'version'],
  ['curl', '--version'],
  ['tshark', '--version'],
  ['dumpcap', '--version'],
  ['tcpdump', '--version'],
]

const run = promisify(execFile)

/** What the system says. Takes some 100 ms. Never rejects. */
export async function systemMembers({ signal, ...rest }: SystemQuestions): Promise<Found> {
  // Each program listens to it; the caller's own would warn of a leak.
  const stop = AbortSignal.any(signal ? [signal] : [])
  setMaxListeners(0, stop)
  const questions = { ...rest, signal: stop }
  const said = JSON_COMMANDS.map(async ([name, [program, ...args]]): Promise<Found> => {
    try {
      const text = await output(program, args, questions)
      const value: unknown = text.trim() === '' ? [] : JSON.parse(text)
      return { members: [jsonMember(name, [program, ...args].join(' '), value, questions.forms)], leftOut: [] }
    } catch (error) {
      return { members: [], leftOut: [{ what: name, why: whyNoAnswer(program, error) }] }
    }
  })
  const [versions, ...others] = await Promise.all([versionsMember(questions), ...said])
  return foundTogether([...others, { members: [versions], leftOut: [] }])
}

async function versionsMember(questions: SystemQuestions): Promise<Member> {
  const tools = TOOLS.map(async ([program, ...args]) => {
    const told = output(program, args, questions).then(firstLine, (error) => whyNoAnswer(program, error))
    return [program, await told] as const
  })
  const value = {
    steerlab: questions.steerlabVersion,
    node: process.version,
    openssl: process.versions.openssl,
    kernel: release(),
    os: await readFile('/etc/os-release', 'utf8').then(prettyName, () => ''),
    tools: Object.fromEntries(await Promise.all(tools)),
  }
  return jsonMember('system/versions.json', 'the system', value, questions.forms)
}

async function output(
  program: string,
  args: readonly string[],
  { searchPath, signal }: SystemQuestions,
): Promise<string> {
  const env = { PATH: searchPath, LC_ALL: 'C' }
  const { stdout, stderr } = await run(program, args, { ...PROGRAM_LIMITS, env, ...(signal && { signal }) })
  return stdout === '' ? stderr : stdout
}

function whyNoAnswer(program: string, error: unknown): string {
  const { code, killed, stderr = '' } = error as { code?: unknown; killed?: boolean; stderr?: string }
  if (code === 'ENOENT') return `${program} is not installed`
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `${program} said too much`
  if (killed === true) return `${program} took too long`
  if (typeof code === 'number') return firstLine(stderr) || `${program} ended with exit code ${code}`
  return error instanceof SyntaxError ? `${program} gave no JSON` : whyNot(error)
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]!
}

function prettyName(osRelease: string): string {
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(osRelease)?.[1] ?? ''
}
