/** Runs the real lnav with our format and a home of its own: nothing of the user's setup matters. */

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ProgramResult, runProgram } from './run-program.js'

const FORMAT_FILE = fileURLToPath(new URL('../../../scripts/integrations/lnav/nsdebuglog.json', import.meta.url))

/** The format, of what a test looks at. */
export interface LnavFormat {
  readonly regex: Readonly<Record<string, { readonly pattern: string }>>
  readonly value: Readonly<Record<string, { readonly kind: string }>>
  readonly highlights: Readonly<Record<string, { readonly pattern: string }>>
}

/** Our format file as data. */
export function lnavFormat(): LnavFormat {
  return JSON.parse(readFileSync(FORMAT_FILE, 'utf8')).nsdebuglog
}

/** lnav with our format in a directory; `change` edits the format first. */
export class Lnav {
  readonly #directory: string

  constructor(directory: string, change?: (text: string) => string) {
    this.#directory = directory
    const formats = `${directory}/formats/nsdebuglog`
    mkdirSync(formats, { recursive: true })
    if (change === undefined) copyFileSync(FORMAT_FILE, `${formats}/nsdebuglog.json`)
    else writeFileSync(`${formats}/nsdebuglog.json`, change(readFileSync(FORMAT_FILE, 'utf8')))
  }

  /** What lnav thinks of its configuration. */
  check(): Promise<ProgramResult> {
    return this.#run('-C')
  }

  /** The rows of a query over a log of these lines. */
  async query(sql: string, log: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const file = `${this.#directory}/some.log`
    writeFileSync(file, log)
    const { code, stdout, stderr } = await this.#run('-n', '-c', `;${sql}`, '-c', ':write-json-to -', file)
    if (code !== 0 || stderr !== '') throw new Error(`lnav ended with ${code}: ${stderr}`)
    return JSON.parse(stdout)
  }

  #run(...args: string[]): Promise<ProgramResult> {
    const env = { HOME: this.#directory, TERM: 'dumb', TZ: 'UTC' }
    return runProgram('lnav', ['-I', this.#directory, ...args], { env })
  }
}
