/**
 * A small grok: pattern files and `%{NAME:field:int}`, made into regular expressions of JavaScript, so that our pattern
 * file is tested where no grok is. `realGrok` runs grok itself, the C one, as the oracle.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runProgram } from './run-program.js'

const PATTERN_FILE = fileURLToPath(new URL('../../../scripts/integrations/logstash/nsdebuglog.grok', import.meta.url))

/** Fields found, without the empty ones, as Logstash gives them. */
export type GrokFields = Readonly<Record<string, string | number>>

/** The patterns of our file by name. */
export function grokPatterns(): ReadonlyMap<string, string> {
  const lines = readFileSync(PATTERN_FILE, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]))
}

/** A pattern ready to match. */
export class Grok {
  readonly #regex: RegExp
  /** Name and type of the n-th group, a field may have several. */
  readonly #groups: { readonly name: string; readonly type: string | undefined }[] = []

  constructor(patterns: ReadonlyMap<string, string>, name: string) {
    const expand = (text: string): string =>
      text.replace(/%\{(\w+)(?::(\w+))?(?::(int))?\}/g, (_, used: string, field?: string, type?: string) => {
        const pattern = patterns.get(used)
        if (pattern === undefined) throw new Error(`no pattern ${used}`)
        if (field === undefined) return `(?:${expand(pattern)})`
        this.#groups.push({ name: field, type })
        return `(${expand(pattern)})`
      })
    this.#regex = new RegExp(expand(`%{${name}}`).replaceAll('\\A', '^').replaceAll('\\z', '$'))
  }

  /** The names of all fields. */
  get fields(): ReadonlySet<string> {
    return new Set(this.#groups.map(({ name }) => name))
  }

  /** The fields of a text, undefined where the pattern does not match. */
  match(text: string): GrokFields | undefined {
    const found = this.#regex.exec(text)
    if (found === null) return undefined
    return fieldsOf(this.#groups.map(({ name, type }, i) => [name, type, found[i + 1]]))
  }
}

type Capture = readonly [name: string, type: string | undefined, value: string | undefined]

function fieldsOf(captures: readonly Capture[]): GrokFields {
  const given = captures.filter(([, , value]) => value !== undefined && value !== '')
  return Object.fromEntries(given.map(([name, type, value]) => [name, type === 'int' ? Number(value) : value!]))
}

// When its input's program ends, grok forgets what it has not read yet: that must be none of the lines. A pipe holds 64 KiB.
const LEFT_UNREAD = `${'x'.repeat(127)}\n`.repeat(2048)

/** The fields that grok itself finds in lines with the pattern NSDEBUG_LINE, by line; it keeps silent about others. */
export async function realGrok(directory: string, lines: readonly string[]): Promise<ReadonlyMap<string, GrokFields>> {
  writeFileSync(`${directory}/some.log`, `${lines.join('\n')}\n${LEFT_UNREAD}`)
  const program = `program {
    load-patterns: "${PATTERN_FILE}"
    exec "cat '${directory}/some.log'"
    match {
      pattern: "%{NSDEBUG_LINE}"
      reaction: "%{@JSON_COMPLEX}"
    }
  }`
  writeFileSync(`${directory}/grok.conf`, program)
  const { code, stdout, stderr } = await runProgram('grok', ['-f', `${directory}/grok.conf`])
  if (code !== 0 || stderr !== '') throw new Error(`grok ended with ${code}: ${stderr}`)
  return new Map(
    stdout
      .trimEnd()
      .split('\n')
      .map((answer) => {
        const found: Readonly<Record<string, { readonly value: string }>>[] = JSON.parse(answer).grok
        const values = found.flatMap((one) => Object.entries(one)).map(([key, { value }]) => [key, value] as const)
        const captures = values.map(([key, value]): Capture => [key.split(':')[1] ?? '', key.split(':')[2], value])
        return [values.find(([key]) => key === '@LINE')![1], fieldsOf(captures.filter(([name]) => name !== ''))]
      }),
  )
}
