/** `steerlab logs generate` as its user has it, and its truth file held against its logs. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { isoTime } from '../../agent/log/iso-time.js'
import { recognise } from '../../agent/log/recognise.js'
import { parseRecord } from '../../agent/log/record.js'
import type { TruthLine } from '../../agent/synth/truth.js'
import { CLI, type Ended, environment, type Running, type StartOptions, startProgram } from './steerlab.js'

/** `steerlab logs generate ARGS`, running. */
export function startGenerate(args: readonly string[], options: StartOptions = {}): Running {
  return startProgram([process.execPath, CLI, 'logs', 'generate', ...args], {
    ...options,
    env: { ...environment(''), ...options.env },
  })
}

/** `steerlab logs generate ARGS`, to its end; standard output as latin1. */
export function runGenerate(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return startGenerate(args, options).ended
}

/** The lines of a truth file. */
export function truthIn(path: string): readonly TruthLine[] {
  const text = readFileSync(path, 'utf8')
  if (text !== '' && !text.endsWith('\n')) throw new Error(`${path} ends in half a line`)
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TruthLine)
}

/** A log of an output directory by its name in truth lines, unpacked. */
export function logIn(directory: string, file: string): Buffer {
  const bytes = readFileSync(join(directory, file))
  return file.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

/** Holds every line of the logs against the truth; answers the first that does not agree, or is in only one of them. */
export function firstLie(truth: readonly TruthLine[], bytesOf: (file: string) => Buffer): string | undefined {
  for (const file of new Set(truth.map(({ file }) => file))) {
    const lines = truth.filter((line) => line.file === file)
    const bytes = bytesOf(file)
    if (lines[0]?.offset !== 0) return `${file} begins at ${lines[0]?.offset}`
    for (const [i, told] of lines.entries()) {
      const end = lines[i + 1]?.offset ?? bytes.length
      const lie = lieOf(told, bytes.subarray(told.offset, end).toString())
      if (lie !== undefined) return `${file}, line ${i + 1}: ${lie}`
    }
  }
  return undefined
}

function lieOf(told: TruthLine, line: string): string | undefined {
  const both = `${JSON.stringify(told)}: ${JSON.stringify(line.slice(0, 1000))}`
  if (line.indexOf('\n') !== line.length - 1) return `not one line: ${both}`
  const parsed = parseRecord(line)
  if (told.event === 'unreadable') return 'record' in parsed ? `readable: ${both}` : undefined
  if ('reason' in parsed) return `${parsed.reason}: ${both}`
  const { type, ...fields } = recognise(parsed.record.message)?.event ?? { type: 'unknown' }
  if (type !== told.event || JSON.stringify(fields) !== JSON.stringify(told.fields)) return `another event: ${both}`
  // The log has three digits on Windows.
  const same = isoTime(parsed.record.time).slice(0, 23) === told.time.slice(0, 23)
  return same ? undefined : `another time: ${both}`
}
