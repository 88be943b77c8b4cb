// Pure: the values of nsdiag's options, read as strictly as the documentation has them. What is wrong is one sentence.

import { CAPTURE_FILES, LOG_MEGABYTES, SNAP_LENGTH } from '../../agent/control/requests.js'
import { whyNoBareName } from '../../agent/diag/bare-file-name.js'
import { type SteerError, userMistake } from '../../agent/errors.js'
import { LEVELS, type Level } from '../../agent/log/record.js'
import type { SpeedTestRequest } from '../../agent/tunnel/hello.js'

/** Sizes of a speed test, as documented; a megabyte has 1024 * 1024 bytes. */
const TEST_SIZES = ['1mb', '10mb', '100mb'] as const

/** Megabytes of a capture's file: `-p ... -s` is documented with 10 by default, decimal as capture tools count. */
const CAPTURE_MEGABYTES = { least: 1, most: 1000 } as const

const MEGABYTE = 1_000_000

/** A command line that means nothing. */
export function wrong(sentence: string): SteerError {
  return userMistake('bad-nsdiag', `${sentence}; \`steerlab nsdiag -h\` lists all options and commands`)
}

/** What to add where `text` is one of them but for its case. */
export function caseHint(text: string, words: readonly string[]): string {
  const meant = words.find((word) => word.toLowerCase() === text.toLowerCase())
  return meant === undefined ? '' : `; ${meant} is one, and case counts`
}

/** One of a few words, spelt as it is. */
export function oneWord<Word extends string>(option: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text)
  if (found !== undefined) return found
  const last = words.length > 1 ? ` or ${words.at(-1)}` : ''
  const all = `${words.slice(0, Math.max(1, words.length - 1)).join(', ')}${last}`
  throw wrong(`${option} takes ${all}, and not ${JSON.stringify(text)}${caseHint(text, words)}`)
}

/** A whole number between two, both included. */
function wholeNumber(option: string, text: string, { least, most }: { least: number; most: number }): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  throw wrong(`${option} takes a whole number from ${least} to ${most}, and not ${JSON.stringify(text)}`)
}

/** The value of `-l`. */
export const logLevel = (option: string, text: string): Level => oneWord(option, text, LEVELS)

/** The value of `-m`. */
export const logMegabytes = (text: string): number => wholeNumber('-m', text, LOG_MEGABYTES)

/** The value of `-c ... -s`: bytes of a packet. */
export const snapLength = (text: string): number => wholeNumber('-s', text, SNAP_LENGTH)

/** The value of `-p ... -s` and `--size`: bytes of a file, from megabytes. */
export const captureBytes = (option: string, text: string): number =>
  wholeNumber(option, text, CAPTURE_MEGABYTES) * MEGABYTE

/** The value of `--files`. */
export const captureFiles = (text: string): number => wholeNumber('--files', text, CAPTURE_FILES)

/** The value of `-o` where no path is allowed, as documented for captures. */
export function bareName(text: string): string {
  const why = whyNoBareName(text)
  if (why !== undefined) throw wrong(`-o: ${JSON.stringify(text)} ${why}`)
  return text
}

/** A speed test of a direction and a size. */
export function speedTestOf(option: string, direction: string, size: string | undefined): SpeedTestRequest {
  const known = oneWord(option, direction, ['upload', 'download'] as const)
  if (size === undefined) throw wrong(`${option} ${known} needs a size: -s 1mb, 10mb or 100mb`)
  return { direction: known, bytes: Number.parseInt(oneWord('the size', size, TEST_SIZES), 10) * 1024 * 1024 }
}

/** The value of `-r`; without a scheme it is http, as for curl. */
export function timedUrl(text: string): string {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw wrong(`-r takes a URL of http or https, and not ${JSON.stringify(text)}`)
  return url.href
}
