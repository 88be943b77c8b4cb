/**
 * `npm run bench -- inspection [--peers DIR]`: intercepted HTTPS beside what a user would pick instead, on the same origin
 * (the lab's), with the same client, interleaved, so that the machine's mood falls on all alike. Ratios are the point;
 * absolute figures are one machine's.
 *
 *   direct            client -> origin: the yardstick
 *   steerlab          client -> agent =tunnel=> gateway, which inspects -> origin; a policy of six rules, transaction log on
 *   steerlab gateway  client -> relay =tunnel=> the same gateway -> origin
 *   mitmproxy, squid, mockttp   client -> one process that inspects -> origin
 *
 * Peers are optional: `mitmdump` and `squid` (with OpenSSL) from the search path, mockttp from DIR/node_modules. All are
 * explicit proxies: the client's part is the same to the byte, and no peer needs privileges. A client or origin that costs
 * more pulls all ratios towards 1; what ours cost, client.ts says.
 */

import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { DEFAULT_PROFILE } from '../../agent/log/profiles.js'
import { table } from '../commands/common.js'
import { homePaths } from '../process/home.js'
import { type Lease, leaseAgent } from '../process/on-demand.js'
import { type Measured, measure } from './inspection/measure.js'
import { startPeers } from './inspection/peers.js'
import { stopPrograms } from './inspection/program.js'
import { type Measure, type MeasureResult, reportRows, resultOf } from './inspection/report.js'
import { ourselves, writePolicy } from './inspection/steerlab.js'
import type { System } from './inspection/system.js'
import { endOf, residentKb } from './process-usage.js'

/** A "big download": large enough that its request costs nothing, small enough that the last one ends soon. */
const BULK_BYTES = 64 * 1024 * 1024
const bulk = {
  unit: 'MB/s',
  bytes: BULK_BYTES,
  keep: true,
  perAnswer: BULK_BYTES / 1e6,
  costUnit: 'CPU s per GiB',
  costAnswers: 2 ** 30 / BULK_BYTES,
}
const small = { unit: '/s', flows: 32, bytes: 1024, perAnswer: 1, costUnit: 'CPU s per 10k', costAnswers: 10_000 }

const MEASURES = [
  { ...small, name: 'keep-alive requests', keep: true },
  { ...bulk, name: 'bulk, 1 flow', flows: 1 },
  { ...bulk, name: 'bulk, 4 flows', flows: 4 },
  { ...small, name: 'new TLS connections', keep: false },
] satisfies readonly (Measure & { readonly flows: number; readonly bytes: number; readonly keep: boolean })[]

/** Before anything counts, of each system: just-in-time compilers have compiled by then. */
const WARM_UP = { flows: 32, bytes: 1024, keep: true, seconds: 2 }

const argv = await yargs(hideBin(process.argv).slice(1))
  .scriptName('npm run bench -- inspection')
  .locale('en')
  .option('rounds', { type: 'number', default: 3, describe: 'Interleaved rounds; the median is printed' })
  .option('seconds', { type: 'number', default: 3, describe: 'Length of each measurement' })
  .option('peers', { type: 'string', requiresArg: true, describe: 'A directory with mockttp in its node_modules' })
  .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
  .strict()
  .parseAsync()

const progress = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`)
}

const directory = mkdtempSync(join(tmpdir(), 'steerlab-bench-'))
// squid reads its files below as another user; the home in it is ours alone.
chmodSync(directory, 0o711)
const home = homePaths(join(directory, 'home'))
let lease: Lease | undefined

async function run(): Promise<void> {
  writePolicy(home)
  lease = await leaseAgent(home, { lab: true, profile: DEFAULT_PROFILE })
  const { status } = lease
  const originPort = status.lab!.ports['443']!
  const found = await startPeers({
    directory: join(directory, 'peers'),
    packages: argv.peers,
    originPort,
    originCa: readFileSync(status.lab!.caFile, 'utf8'),
  })
  const peers = found.filter((one) => 'port' in one)
  const absent = found.filter((one) => 'absent' in one)
  const direct: System = {
    name: 'direct',
    port: originPort,
    proxy: false,
    host: 'localhost',
    hostPort: originPort,
    issuer: 'steerlab lab origins CA',
    pids: () => [],
  }
  const systems = [direct, ...(await ourselves(home, status)), ...peers]

  for (const system of systems) {
    progress(`warming up, ${system.name}`)
    await measure(system, WARM_UP)
  }
  const results: MeasureResult[] = []
  for (const what of MEASURES) {
    const rounds: Record<string, Measured[]> = Object.fromEntries(systems.map(({ name }) => [name, []]))
    for (let round = 1; round <= argv.rounds; round += 1)
      for (const system of systems) {
        progress(`${what.name}, round ${round} of ${argv.rounds}, ${system.name}`)
        rounds[system.name]!.push(await measure(system, { ...what, seconds: argv.seconds }))
      }
    const names = peers.map(({ name }) => name)
    results.push(resultOf(what, rounds, 'steerlab', names))
  }
  progress('')
  const residentMb = Object.fromEntries(
    systems.map(({ name, pids }) => [name, pids().reduce((sum, pid) => sum + residentKb(pid), 0) / 1024]),
  )

  if (argv.json) {
    const settings = { node: process.version, rounds: argv.rounds, seconds: argv.seconds }
    process.stdout.write(`${JSON.stringify({ ...settings, absent, results, residentMb }, null, 2)}\n`)
    return
  }
  process.stdout.write(table(reportRows(results, residentMb)))
  for (const one of absent) process.stdout.write(`${one.name} was left out: ${one.absent}.\n`)
}

const interrupted = new Promise<number>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => resolve(128 + constants.signals[signal]))
})
let exitCode = 0
try {
  exitCode = await Promise.race([run().then(() => 0), interrupted])
} finally {
  await stopPrograms()
  lease?.release()
  // What still runs still writes.
  if (lease !== undefined) await endOf(lease.status.pid)
  rmSync(directory, { recursive: true, force: true })
}
process.exit(exitCode)
