/**
 * `npm run bench -- captures`: what a packet capture costs the flows that it sees. Bulk through the tunnel and past it,
 * without and with each kind of capture, interleaved. Captures are written whole, with two files of 256 MB.
 */

import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { startCapture, stopCapture } from '../commands/ask-capture.js'
import { table } from '../commands/common.js'
import { startClient } from './paths.js'
import { type Summary, summarize } from './statistics.js'
import { uninspectedLab } from './uninspected-lab.js'

/** What runs beside the flows. */
const CAPTURES = {
  none: undefined,
  inner: { kind: 'inner', request: {} },
  'inner, 60 bytes of a packet': { kind: 'inner', request: { snapLength: 60 } },
  'outer, of the kernel': { kind: 'outer', request: { from: 'kernel' } },
  'outer, rebuilt': { kind: 'outer', request: { from: 'socket' } },
} as const

type CaptureName = keyof typeof CAPTURES

const NAMES = Object.keys(CAPTURES) as CaptureName[]

const argv = await yargs(hideBin(process.argv).slice(1))
  .scriptName('npm run bench -- captures')
  .locale('en')
  .option('rounds', { type: 'number', default: 3, describe: 'Interleaved rounds; the median is printed' })
  .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
  .strict()
  .parseAsync()

const lab = await uninspectedLab()
const { home, status, paths } = lab
const LIMITS = { maxBytes: 256_000_000, files: 2 }

/** MB/s of one flow on a path while a capture runs, and the packets that were lost. */
async function measure(path: 'tunnel' | 'bypass', name: CaptureName): Promise<readonly [rate: number, lost: number]> {
  const capture = CAPTURES[name]
  if (capture !== undefined) await startCapture(home, capture.kind, { ...LIMITS, ...capture.request })
  const rate = Number(await startClient(status, paths[path], 'bulk', 1, 0).answer)
  if (capture === undefined) return [rate, 0]
  return [rate, (await stopCapture(home, capture.kind)).dropped]
}

try {
  const rows: {
    readonly path: string
    readonly capture: CaptureName
    readonly rate: Summary
    readonly lost: number
  }[] = []
  for (const path of ['tunnel', 'bypass'] as const) {
    const rates = NAMES.map((): number[] => [])
    const lost = NAMES.map(() => 0)
    for (let round = 1; round <= argv.rounds; round += 1)
      for (const [at, name] of NAMES.entries()) {
        if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${path}, ${name}, round ${round} of ${argv.rounds}`)
        const [rate, dropped] = await measure(path, name)
        rates[at]!.push(rate)
        lost[at]! += dropped
      }
    rows.push(...NAMES.map((capture, at) => ({ path, capture, rate: summarize(rates[at]!), lost: lost[at]! })))
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  if (argv.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
  else {
    const without = (path: string) => rows.find((row) => row.path === path && row.capture === 'none')!.rate.median
    const lines = rows.map(({ path, capture, rate: { median, min, max }, lost }) => [
      path,
      capture,
      median.toFixed(0),
      `${min.toFixed(0)}-${max.toFixed(0)}`,
      (median / without(path)).toFixed(2),
      String(lost),
    ])
    process.stdout.write(table([['PATH', 'CAPTURE', 'MB/s', 'SPREAD', 'RATIO', 'LOST PACKETS'], ...lines]))
  }
} finally {
  await lab.close()
}
process.exit(0)
