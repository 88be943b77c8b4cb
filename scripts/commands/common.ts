/** What several commands need: their home, and a running agent or the sentence that there is none. */

import { type AskOptions, ControlClient } from '../../agent/control/control-client.js'
import type { ControlMethod } from '../../agent/control/protocol.js'
import { SteerError, userMistake } from '../../agent/errors.js'
import { type Home, homeDirectory, homePaths } from '../process/home.js'

/** The home a command line means. */
export function homeOf(argv: { readonly home?: string | undefined }): Home {
  return homePaths(homeDirectory(argv.home, process.env))
}

/** Asks the running agent of a home one thing. Throws SteerError `not-running` or `not-yours`, and what the agent refuses with. */
export async function askAgent(
  home: Home,
  method: Exclude<ControlMethod, 'lease'>,
  options?: AskOptions,
): Promise<unknown> {
  const client = await ControlClient.open(home.controlSocket)
  if (client === undefined)
    throw new SteerError('not-running', `no agent is running for the home ${home.root}; start one with \`steerlab up\``)
  try {
    return await client.ask(method, options)
  } finally {
    client.close()
  }
}

/** Prints a value as JSON, or as text. */
export function print(json: boolean, value: unknown, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text())
}

/** Rows as a table with aligned columns; the first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** The one that counts of an option that may have been given more than once: the last. */
export function lastOf(given: string | readonly string[] | undefined): string | undefined {
  return typeof given === 'object' ? given.at(-1) : given
}

/** Seconds as they are typed: `5s`, `5m`, `1h`, or a plain number of seconds. Throws a user's mistake `bad-interval`. */
export function readSeconds(text: string): number {
  const [, digits, unit = 's'] = /^(\d{1,5})([smh])?$/.exec(text) ?? []
  const seconds = Number(digits) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h']
  if (seconds >= 1 && seconds <= 86_400) return seconds
  throw userMistake('bad-interval', `an interval is 1s to 24h, such as 30s, 5m or 1h, and not "${text}"`)
}
