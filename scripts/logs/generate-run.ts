/** The run itself: piece after piece to its log, and what is true of it to the truth file. */

import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { messageOf, SteerError } from '../../agent/errors.js'
import { type Chunk, ChunkMaker } from '../../agent/synth/chunks.js'
import { FlowChoices } from '../../agent/synth/flow-kinds.js'
import type { Unit } from '../../agent/synth/units.js'
import type { World } from '../../agent/synth/world.js'
import type { GeneratedLog, GeneratedLogs } from './generate-log.js'
import { liveLines, Pace } from './generate-pace.js'
import type { Written } from './generate-progress.js'
import type { TruthFile } from './generate-truth.js'

/** Where a run goes and what ends it. */
export interface RunOptions {
  readonly logs: GeneratedLogs
  readonly truth: TruthFile | undefined
  /** A gzip member for each piece. */
  readonly gzip: boolean
  /** Lines a second; undefined = at once. */
  readonly live: number | undefined
  readonly stop: AbortSignal
  readonly progress: (unit: Unit, written: Written) => void
}

const packed = promisify(gzip)

/**
 * Writes the units to their end or until the signal, which is seen between two pieces; a reader that leaves ends it too.
 * Whatever ends it, logs hold whole lines, and truth of just these. Throws SteerError `log-write-failed`.
 */
export async function generate(world: World, units: Iterable<Unit>, options: RunOptions): Promise<Written> {
  const { logs, truth, live, stop, progress } = options
  const pace = live === undefined ? undefined : new Pace(live)
  const maker = new ChunkMaker(
    world,
    new FlowChoices(world),
    truth !== undefined,
    live === undefined ? undefined : liveLines(live),
  )
  let lines = 0
  let bytes = 0
  try {
    for (const unit of units) {
      const log = logs.logOf(unit.plan.endpoint.number)
      for (const chunk of maker.chunks(unit, log.position)) {
        await write(chunk, log, options)
        lines += chunk.lines
        bytes += chunk.bytes.length
        progress(unit, { lines, bytes })
        await pace?.until(lines, stop)
        // A turn of the event loop: signals are seen there.
        await new Promise(setImmediate)
        if (stop.aborted) return { lines, bytes }
        if (chunk.endsFile) log.beginNext()
      }
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EPIPE') return { lines, bytes }
    const reason = code === 'ENOSPC' ? 'the disk is full' : messageOf(error)
    throw new SteerError('log-write-failed', `the log cannot be written: ${reason}; ${lines} whole lines are there`, {
      cause: error,
    })
  } finally {
    const names = logs.close()
    await truth?.close(names)
  }
  return { lines, bytes }
}

/** Writes a piece and its truth, or neither. */
async function write(chunk: Chunk, log: GeneratedLog, { truth, gzip: isPacked }: RunOptions): Promise<void> {
  const { size } = log
  const truthSize = truth?.size ?? 0
  try {
    await log.write(isPacked ? await packed(chunk.bytes) : chunk.bytes)
    truth?.append(chunk.truth)
  } catch (error) {
    log.cutTo(size)
    truth?.cutTo(truthSize)
    throw error
  }
}
