/** `steerlab logs check`: what of a log a client would not have written. Exit code 1 when there is anything. */

import type { CommandModule } from 'yargs'
import { userMistake } from '../../agent/errors.js'
import { LineSplitter } from '../../agent/log/line-splitter.js'
import type { Profile } from '../../agent/log/profile.js'
import { DEFAULT_PROFILE, PROFILES } from '../../agent/log/profiles.js'
import { recognise } from '../../agent/log/recognise.js'
import { parseLine } from '../../agent/log/record.js'
import { type Deviation, LogCheck } from '../../agent/log/report/check-log.js'
import { ProfileGuess } from '../../agent/log/report/detect-profile.js'
import { chooseProfile } from '../logs/choose-profile.js'
import type { LogPart } from '../logs/log-set.js'
import { findLogs } from '../logs/log-sources.js'
import { printable } from '../logs/printable.js'
import { print, table } from './common.js'
import { logPaths, withLogPaths } from './log-paths.js'

interface CheckArguments {
  readonly profile?: string | undefined
  readonly json: boolean
}

const COMMAND = 'logs check'
const DESCRIBE = 'List what in a log its client would not have written'

/** What is wrong with one file. */
export interface CheckedFile {
  readonly file: string
  readonly lines: number
  readonly profile: string
  /** Whether the profile was concluded from the file itself. */
  readonly detected: boolean
  readonly deviations: readonly Deviation[]
}

/** A file is held against the profile that so many of its first bytes are like. */
const GUESSED_BYTES = 1024 * 1024

export const logsCheckCommand: CommandModule<object, CheckArguments> = {
  command: 'check',
  describe: DESCRIBE,
  builder: (yargs) =>
    withLogPaths(yargs, COMMAND, DESCRIBE)
      .option('profile', {
        type: 'string',
        requiresArg: true,
        describe: "A profile's name or JSON file; else the most alike",
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 logs check nsdebuglog.log --profile windows-r114', 'Exit code 0: no deviation, 1: some'),
  handler: async (argv) => {
    const chosen = argv.profile === undefined ? undefined : await chooseProfile(argv.profile)
    const logs = await findLogs(logPaths(argv, COMMAND), () => process.stdin)
    const files: CheckedFile[] = []
    for (const part of logs.flatMap(({ parts }) => parts)) files.push(await checkPart(part, chosen))
    print(argv.json, files, () => checkText(files))
    if (files.some(({ deviations }) => deviations.length > 0)) process.exitCode = 1
  },
}

/** Checks one file against `chosen`, else against the profile its beginning is most like. */
export async function checkPart(part: LogPart, chosen: Profile | undefined): Promise<CheckedFile> {
  let check = chosen && new LogCheck(chosen)
  const head: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of part.open()) {
    if (check !== undefined) {
      check.push(chunk)
      continue
    }
    head.push(chunk)
    bytes += chunk.length
    if (bytes >= GUESSED_BYTES) check = begin(head, part.name)
  }
  check ??= begin(head, part.name)
  const deviations = check.end()
  const { lines, profile } = check
  return { file: part.name, lines, profile: profile.name, detected: chosen === undefined, deviations }
}

/** A check that has the head behind it. */
function begin(head: readonly Uint8Array[], name: string): LogCheck {
  const check = new LogCheck(guessProfile(head, name))
  for (const chunk of head) check.push(chunk)
  return check
}

/** The built-in profile most alike; an empty file is held against the usual one. Throws a user's mistake `not-a-log`. */
function guessProfile(head: readonly Uint8Array[], name: string): Profile {
  const guess = new ProfileGuess()
  const splitter = new LineSplitter((line, _number, eol) => {
    const parsed = parseLine(line, eol)
    if ('record' in parsed) guess.add(parsed, recognise(parsed.record.message))
  })
  for (const chunk of head) splitter.push(chunk)
  splitter.end()
  const best = Object.values(PROFILES).find(({ name }) => name === guess.best())
  if (best === undefined && head.length > 0)
    throw userMistake(
      'not-a-log',
      `${name} does not begin like an nsdebuglog; with --profile it is checked all the same`,
    )
  return best ?? PROFILES[DEFAULT_PROFILE]
}

/** The files for people to read: a heading each, and under it a row for each deviation. */
export function checkText(files: readonly CheckedFile[]): string {
  return files.map(fileText).join('\n')
}

function fileText({ file, lines, profile, detected, deviations }: CheckedFile): string {
  const heading = `${file}: ${lines} ${lines === 1 ? 'line' : 'lines'}, held against ${profile}${detected ? ', the profile most alike' : ''}`
  if (deviations.length === 0) return `${heading}: no deviation\n`
  const rows = deviations.map(({ kind, what, count, lines }) => [
    String(count),
    kind,
    printable(what),
    `${lines.join(', ')}${count > lines.length ? ', ...' : ''}`,
  ])
  return `${heading}\n${table([['COUNT', 'KIND', 'WHAT', 'LINES'], ...rows])}`
}
