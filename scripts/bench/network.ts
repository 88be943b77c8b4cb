/**
 * `npm run bench`: the product with everything on (capture, attribution, decision, logging) beside yardsticks, on the same
 * origin, interleaved, so that the machine's mood falls on all alike. Ratios are the point; absolute figures are one
 * machine's.
 *
 *   direct    client -> origin
 *   splice    client -> a plain Node relay (`pipe`) -> origin
 *   tls pair  client -> Node relay =TLS connection per flow=> Node relay -> origin
 *   bypass    captured client -> agent -> origin            (zoom.us, an exception)
 *   tunnel    captured client -> agent =tunnel=> gateway -> origin   (box.com)
 *
 * The gateway does not inspect here: what is measured is the tunnel. `npm run bench -- inspection` is about the rest.
 */

import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { table } from '../commands/common.js'
import { PATHS, type PathName, startClient } from './paths.js'
import { gatewayOf, residentKb } from './process-usage.js'
import { type Summary, summarize } from './statistics.js'
import { uninspectedLab } from './uninspected-lab.js'

/** What is measured, in which unit. */
const MEASURES = [
  { name: 'bulk, 1 flow', unit: 'MB/s', kind: 'bulk', count: 1 },
  { name: 'bulk, 16 flows', unit: 'MB/s', kind: 'bulk', count: 16 },
  { name: 'new flows', unit: '/s', kind: 'flows', count: 32 },
  { name: 'keep-alive requests', unit: '/s', kind: 'requests', count: 32 },
] as const

const argv = await yargs(hideBin(process.argv))
  .scriptName('npm run bench --')
  .locale('en')
  .option('rounds', { type: 'number', default: 3, describe: 'Interleaved rounds; the median is printed' })
  .option('seconds', { type: 'number', default: 3, describe: 'Length of each timed measurement' })
  .option('idle-flows', { type: 'number', default: 2000, describe: 'Flows held open for the memory figure' })
  .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
  .strict()
  .parseAsync()

const progress = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`)
}

const lab = await uninspectedLab()
const { status, paths } = lab
try {
  const results: Record<string, Record<string, Summary>> = {}
  for (const { name, kind, count } of MEASURES) {
    const values: Record<PathName, number[]> = { direct: [], splice: [], 'tls pair': [], bypass: [], tunnel: [] }
    for (let round = 1; round <= argv.rounds; round += 1)
      for (const path of PATHS) {
        progress(`${name}, round ${round} of ${argv.rounds}, ${path}`)
        values[path].push(Number(await startClient(status, paths[path], kind, count, argv.seconds).answer))
      }
    results[name] = Object.fromEntries(PATHS.map((path) => [path, summarize(values[path])]))
  }
  progress('')

  const pids = [status.pid, gatewayOf(status.pid)]
  const memory: Record<string, number> = {}
  for (const path of ['bypass', 'tunnel'] as const) {
    const before = pids.map(residentKb)
    const { child, answer } = startClient(status, paths[path], 'idle', argv.idleFlows, 0)
    await answer
    const grown = pids.reduce((sum, pid, index) => sum + residentKb(pid) - before[index]!, 0)
    memory[path] = grown / argv.idleFlows
    child.stdin?.end()
    await new Promise((resolve) => child.once('exit', resolve))
  }

  if (argv.json)
    process.stdout.write(
      `${JSON.stringify({ node: process.version, rounds: argv.rounds, results, memory }, null, 2)}\n`,
    )
  else {
    const rows = MEASURES.map(({ name, unit }) => [
      `${name} ${unit}`,
      ...PATHS.map((path) => {
        const { median, min, max } = results[name]![path]!
        return `${Math.round(median)} (${Math.round(min)}-${Math.round(max)})`
      }),
    ])
    process.stdout.write(table([['', ...PATHS], ...rows]))
    process.stdout.write(
      `memory per idle flow, agent and gateway, KB: bypass ${memory['bypass']!.toFixed(1)}, tunnel ${memory['tunnel']!.toFixed(1)}\n`,
    )
  }
} finally {
  await lab.close()
}
process.exit(0)
