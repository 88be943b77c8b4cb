/** Logs whose lines are numbered, so that a test sees which of them are there, whole and in order. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogEvent } from '../../agent/log/event.js'
import { PROFILES } from '../../agent/log/profiles.js'
import { parseRecord } from '../../agent/log/record.js'
import { LogWriter, type LogWriterOptions } from '../../agent/log/writer.js'

const NOON = Date.UTC(2024, 3, 28, 16, 0, 0) * 1000

/** A writer at noon of a day in 2024, New York time if the test sets that zone. */
export function writerIn(directory: string, options: Partial<LogWriterOptions> = {}): LogWriter {
  return new LogWriter({ directory, profile: PROFILES['windows-r114'], now: () => NOON, pid: 1000, ...options })
}

/** An event whose line carries a number. */
export function numbered(number: number): LogEvent {
  return { type: 'bypass-pinned', process: 'app', host: String(number) }
}

/** The lines of a log, each with its ending. */
export async function linesOf(directory: string, name = 'nsdebuglog.log'): Promise<readonly string[]> {
  return (await readFile(join(directory, name), 'utf8')).split(/(?<=\n)/)
}

/** The numbers of numbered lines; NaN for a line that is not whole. */
export function numbersOf(lines: readonly string[]): readonly number[] {
  return lines.map((line) => {
    const parsed = parseRecord(line)
    return 'record' in parsed && parsed.style.eol !== ''
      ? Number(parsed.record.message.split(', host: ')[1])
      : Number.NaN
  })
}

/** The numbers below `count`. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
