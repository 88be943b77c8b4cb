/**
 * `npm run bench -- logs [--size 2G] [--rounds 3]`: what it takes to make a log and to read it, each on one core where the
 * system lets a program be held to one (taskset), beside flog, the usual generator of test logs. Ratios are the point;
 * absolute figures are one machine's. Generating and reporting are the commands as a user starts them, start-up included.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { LineSplitter } from '../../agent/log/line-splitter.js'
import { recognise } from '../../agent/log/recognise.js'
import { parseLine } from '../../agent/log/record.js'
import { table } from '../commands/common.js'
import { findCommand, searchPath } from '../process/find-command.js'
import { summarize } from './statistics.js'

const CLI = fileURLToPath(new URL('../cli.js', import.meta.url))

/** Combined-log lines a second that flog 0.4.3 makes on the machine of the published figures; used where it is not installed. */
const FLOG_THERE = 180_000

/** Lines flog makes for a figure, some seconds of it. */
const FLOG_LINES = 1_000_000

/** Read into memory for parsing alone, bytes. */
const PARSED_BYTES = 64 * 1024 * 1024

/** Between two looks at the memory of a program, ms. */
const LOOK_MS = 20

const argv = await yargs(hideBin(process.argv).slice(1))
  .scriptName('npm run bench -- logs')
  .locale('en')
  .option('size', { type: 'string', requiresArg: true, default: '2G', describe: 'Log that is made and reported' })
  .option('rounds', { type: 'number', default: 3, describe: 'Rounds; the median is printed' })
  .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
  .strict()
  .parseAsync()

const SEARCHED = searchPath(process.env)
const taskset = findCommand('taskset', SEARCHED)

/** How long a program took, seconds, and the most memory it had, MB. */
interface Run {
  readonly seconds: number
  readonly peakMb: number
}

/** Runs a program on one core, its output thrown away. */
async function timed(core: number, command: readonly string[]): Promise<Run> {
  const [file = '', ...args] = taskset === undefined ? command : [taskset, '-c', String(core), ...command]
  const begun = performance.now()
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  let peakMb = 0
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      peakMb = Math.max(peakMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
    } catch {
      // Gone, or a system without /proc.
    }
  }, LOOK_MS)
  const [code] = await once(child, 'close')
  clearInterval(timer)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}`)
  return { seconds: (performance.now() - begun) / 1000, peakMb }
}

const steerlab = (...args: readonly string[]) => [process.execPath, CLI, 'logs', ...args]

/** The median of the rounds. */
async function median(what: string, measure: () => number | Promise<number>): Promise<number> {
  const values: number[] = []
  for (let round = 1; round <= argv.rounds; round++) {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}, round ${round} of ${argv.rounds}`)
    values.push(await measure())
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  return summarize(values).median
}

/** Up to 64 MiB of the log as lines. */
function linesOf(path: string): readonly string[] {
  const bytes = Buffer.alloc(Math.min(PARSED_BYTES, statSync(path).size))
  const file = openSync(path, 'r')
  readSync(file, bytes)
  closeSync(file)
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line))
  splitter.push(bytes)
  splitter.end()
  return lines
}

/** Lines a second through a function, which must find something in most of them. */
function perSecond<T>(items: readonly T[], use: (item: T) => unknown): number {
  const begun = performance.now()
  let found = 0
  for (const item of items) if (use(item) !== undefined) found++
  if (found < items.length / 2) throw new Error(`only ${found} of ${items.length} lines were understood`)
  return items.length / ((performance.now() - begun) / 1000)
}

const directory = mkdtempSync(join(tmpdir(), 'steerlab-bench-'))
try {
  const path = join(directory, 'nsdebuglog.log')
  const made = await timed(0, steerlab('generate', '--size', argv.size, '--out', directory))
  const bytes = statSync(path).size
  const lines = linesOf(path)
  const perByte = lines.length / Math.min(PARSED_BYTES, bytes)
  const total = Math.round(bytes * perByte)
  const amount = ['--lines', String(total), '--out', '-']

  const flogPath = findCommand('flog', SEARCHED)
  const flog =
    flogPath === undefined
      ? FLOG_THERE
      : await median('flog', async () => {
          const command = [flogPath, '-f', 'apache_combined', '-n', String(FLOG_LINES)]
          return FLOG_LINES / (await timed(0, command)).seconds
        })
  const one = await median('one shard', async () => total / (await timed(0, steerlab('generate', ...amount))).seconds)
  const two = await median('two shards', async () => {
    const runs = [0, 1].map((core) => timed(core, steerlab('generate', ...amount, '--shard', `${core + 1}/2`)))
    return total / Math.max(...(await Promise.all(runs)).map(({ seconds }) => seconds))
  })
  const parse = await median('parse', () => perSecond(lines, (line) => parseLine(line, '\r\n')))
  const messages = lines.flatMap((line) => {
    const parsed = parseLine(line, '\r\n')
    return 'record' in parsed ? [parsed.record.message] : []
  })
  const recognised = await median('recognise', () => perSecond(messages, (message) => recognise(message)?.event))
  const peaks: number[] = []
  const report = await median('report', async () => {
    const { seconds, peakMb } = await timed(0, steerlab('report', path, '--json'))
    peaks.push(peakMb)
    return total / seconds
  })

  const results = { flog, one, toFile: total / made.seconds, two, parse, recognise: recognised, report }
  const peakMb = Math.max(...peaks)
  if (argv.json) {
    const facts = {
      node: process.version,
      bytes,
      lines: total,
      flogMeasured: flogPath !== undefined,
      oneCore: !!taskset,
    }
    process.stdout.write(`${JSON.stringify({ ...facts, linesPerSecond: results, reportPeakMb: peakMb }, null, 2)}\n`)
  } else {
    const row = (what: string, value: number, versus: string) => [
      what,
      `${(value / 1e6).toFixed(2)} M`,
      `${Math.round(value / perByte / 1e6)}`,
      versus,
    ]
    const times = (value: number, than: number) => `${(value / than).toFixed(1)} x`
    process.stdout.write(
      table([
        [`${total} lines, ${Math.round(bytes / 1e6)} MB`, 'LINES/S', 'MB/S', 'RATIO'],
        row('generate, one shard', one, `${times(one, flog)} flog`),
        row('generate, one shard, to a file', results.toFile, `${times(results.toFile, flog)} flog`),
        row('generate, two shards at once', two, `${times(two, one)} one shard`),
        row('parse alone', parse, ''),
        row('recognise a parsed line', recognised, ''),
        row('logs report --json', report, `peak ${Math.round(peakMb)} MB of memory`),
      ]),
    )
    const how = flogPath === undefined ? 'not installed here; taken from another machine' : 'measured beside it'
    process.stdout.write(`flog: ${Math.round(flog)} lines/s, ${how}.`)
    process.stdout.write(taskset === undefined ? ' Programs were not held to one core.\n' : '\n')
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
process.exit(0)
