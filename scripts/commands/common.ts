/** What several commands need: their home, and a running agent or the sentence that there is none. */

import { ControlClient } from '../../agent/control/control-client.js'
import type { ControlMethod } from '../../agent/control/protocol.js'
import { SteerError } from '../../agent/errors.js'
import { type Home, homeDirectory, homePaths } from '../process/home.js'

/** The home a command line means. */
export function homeOf(argv: { readonly home?: string | undefined }): Home {
  return homePaths(homeDirectory(argv.home, process.env))
}

/** Asks the running agent of a home one thing, which may take it `withinMs`. Throws SteerError `not-running`. */
export async function askAgent(
  home: Home,
  method: Exclude<ControlMethod, 'lease'>,
  withinMs?: number,
): Promise<unknown> {
  const client = await ControlClient.open(home.controlSocket)
  if (client === undefined)
    throw new SteerError('not-running', `no agent is running for the home ${home.root}; start one with \`steerlab up\``)
  try {
    return await client.ask(method, withinMs)
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
