// Pure: what `steerlab logs generate` was asked for, from the words of its command line.

import { userMistake } from '../../agent/errors.js'
import {
  parseCount,
  parseDuration,
  parseRate,
  parseSize,
  parseStart,
  US_PER_SECOND,
} from '../../agent/synth/calendar.js'
import { LONGEST_LINE } from '../../agent/synth/day-log.js'
import type { Amount, RunRequest, Shard } from '../../agent/synth/units.js'

/** The options as they are typed. */
export interface GenerateOptions {
  readonly start: string
  readonly duration?: string | undefined
  readonly lines?: string | undefined
  readonly size?: string | undefined
  readonly endpoints: string
  readonly shard?: string | undefined
  /** A directory, or `-` for standard output. */
  readonly out?: string | undefined
  readonly gzip: boolean
  readonly rotate?: string | undefined
  readonly live?: string | undefined
}

/** A run, and what becomes of its bytes. */
export interface GenerateRequest extends RunRequest {
  /** The output directory; undefined = standard output. */
  readonly directory: string | undefined
  readonly gzip: boolean
  /** Bytes of a file; undefined = one file. */
  readonly rotateBytes: number | undefined
  /** Lines a second; undefined = at once. */
  readonly live: number | undefined
}

/** How long a run is that says nothing of it. */
const USUAL_DURATION = '1d'

/** Checks the options. Throws a user's mistake: `bad-...` with the option's name, `amount-twice`, `out-missing`, `options-clash`. */
export function checkRequest(options: GenerateOptions, stdoutIsTerminal: boolean): GenerateRequest {
  const { out = stdoutIsTerminal ? undefined : '-', gzip } = options
  if (out === undefined)
    throw userMistake(
      'out-missing',
      'standard output is a terminal; say where the log goes: --out DIR, or --out - to see it here',
    )
  const directory = out === '-' ? undefined : out
  const live = read(options, 'live', parseRate, 'a rate such as 100/s or 6000/m')
  const rotateBytes = read(options, 'rotate', rotation, `a size such as 10M, of at least ${LONGEST_LINE} bytes`)
  const endpoints = read(options, 'endpoints', wholeNumber, 'a whole number from 1')!
  const shard = read(options, 'shard', parseShard, 'I/N, the part I (from 1) of N, as in 1/4') ?? WHOLE
  if (rotateBytes !== undefined && directory === undefined)
    throw userMistake('options-clash', '--rotate cuts a log into files, and needs --out DIR')
  if (live !== undefined && (gzip || rotateBytes !== undefined || endpoints > 1 || shard.count > 1))
    throw userMistake(
      'options-clash',
      '--live writes one log as a client does, and goes with none of --gzip, --rotate, --endpoints and --shard',
    )
  if (directory !== undefined && shard.count > endpoints)
    throw userMistake(
      'options-clash',
      `with --out DIR a shard is whole endpoints, and ${endpoints} cannot be shared by ${shard.count} shards; take fewer, or write to standard output with --out -`,
    )
  return {
    start: read(options, 'start', parseStart, 'a day or a time such as 2026-11-02 or 2026-11-02T08:00')!,
    amount: amountOf(options, live),
    endpoints,
    shard,
    wholeEndpoints: directory !== undefined,
    directory,
    gzip,
    rotateBytes,
    live,
  }
}

/** Numbers of the endpoints that have lines in the shard of a request for whole endpoints. */
export function endpointsOf({ endpoints, shard }: RunRequest): readonly number[] {
  const first = Math.ceil((shard.index * endpoints) / shard.count)
  const end = Math.ceil(((shard.index + 1) * endpoints) / shard.count)
  return Array.from({ length: end - first }, (_, i) => first + i)
}

const WHOLE: Shard = { index: 0, count: 1 }

/** At a rate a time is a number of lines, and none means without end. */
function amountOf(options: GenerateOptions, live: number | undefined): Amount {
  const given = (['duration', 'lines', 'size'] as const).filter((name) => options[name] !== undefined)
  if (given.length > 1)
    throw userMistake('amount-twice', `--${given.join(' and --')} say how much in different ways; give one of them`)
  const lines = read(options, 'lines', parseCount, 'a whole number from 1, such as 5000, 500k or 1M')
  if (lines !== undefined) return { lines }
  const bytes = read(options, 'size', parseSize, 'a size such as 10M or 1.5G')
  if (bytes !== undefined) return { bytes }
  if (live !== undefined && given.length === 0) return { lines: Number.POSITIVE_INFINITY }
  const wanted = { duration: options.duration ?? USUAL_DURATION }
  const duration = read(wanted, 'duration', parseDuration, 'a duration such as 90m, 8h or 30d')!
  return live === undefined ? { duration } : { lines: Math.ceil((live * duration) / US_PER_SECOND) }
}

/** An option's value; undefined where the option is not given. */
function read<Name extends string, Value>(
  options: { readonly [name in Name]?: string | undefined },
  name: Name,
  parse: (text: string) => Value | undefined,
  wanted: string,
): Value | undefined {
  const text = options[name]
  if (text === undefined) return undefined
  const value = parse(text)
  if (value === undefined)
    throw userMistake(`bad-${name}`, `--${name} takes ${wanted}, and not ${JSON.stringify(text)}`)
  return value
}

function wholeNumber(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : 0
  return value > 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined
}

function rotation(text: string): number | undefined {
  const bytes = parseSize(text)
  return bytes === undefined || bytes < LONGEST_LINE ? undefined : bytes
}

function parseShard(text: string): Shard | undefined {
  const [part = '', whole = '', more] = text.split('/')
  const number = wholeNumber(part)
  const count = wholeNumber(whole)
  if (number === undefined || count === undefined || more !== undefined || number > count) return undefined
  return { index: number - 1, count }
}
