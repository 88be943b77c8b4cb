// Pure: texts of JSON files checked against their schemas. Every problem of a file is found and told at once: file, line,
// JSON path, what was found and what is allowed.

import type * as z from 'zod'
import { messageOf } from '../errors.js'
import type { FileName } from './configuration.js'
import { CONFIGURATION_FILES } from './configuration.js'
import type { JsonFault, JsonNode } from './json-position.js'
import { MAX_DEPTH, offsetOf, positionAt, scanJson } from './json-position.js'
import { isSecretName } from './secret-name.js'

/** A checked file's value, or one line for each problem. */
export type Checked = { readonly value: unknown } | { readonly problems: readonly string[] }

/** A file whose every entry is wrong says so by its first entries. */
const MAX_PROBLEMS = 20

/** Longest piece of a wrong value that is shown. */
const MAX_FOUND = 60

/** Checks the text of one of the client's files. */
export function checkFile(file: FileName, text: string): Checked {
  return checkJson(file, CONFIGURATION_FILES[file].schema, text)
}

/** Checks the text of any JSON file, which the problems call `label`; each message of the schema says what is allowed. */
export function checkJson(label: string, schema: z.ZodType, text: string): Checked {
  const parsed = parse(label, text)
  if ('problems' in parsed) return parsed
  const oddity = oddityOf(label, text, parsed.value)
  if (oddity !== undefined) return { problems: [oddity] }
  const result = schema.safeParse(parsed.value)
  if (result.success) return { value: result.data }
  const root = scanJson(text)
  if ('expected' in root) return { problems: [faultLine(label, text, root)] }
  const issues = result.error.issues.flatMap(eachKey)
  const problems = issues.slice(0, MAX_PROBLEMS).map((issue) => issueLine(label, text, root, parsed.value, issue))
  if (issues.length > MAX_PROBLEMS) problems.push(`${label}: and ${issues.length - MAX_PROBLEMS} more`)
  return { problems }
}

/** Keys a strict schema does not know are one issue of their object; each is a problem at its own place. */
function eachKey(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'unrecognized_keys') return [issue]
  return issue.keys.map((key) => ({ ...issue, path: [...issue.path, key] }))
}

/** `$.ips[0].value`, `$.domain_ports["box.com"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  const steps = path.map((key) => {
    if (typeof key === 'number') return `[${key}]`
    const word = String(key)
    return /^[A-Za-z_]\w*$/.test(word) ? `.${word}` : `[${JSON.stringify(word)}]`
  })
  return `$${steps.join('')}`
}

function parse(label: string, text: string): Checked {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    const fault = scanJson(text)
    // Cannot happen while scanJson reads the grammar of JSON.parse, which its tests hold.
    if (!('expected' in fault)) return { problems: [`${label}: ${messageOf(error)}`] }
    return { problems: [faultLine(label, text, fault)] }
  }
}

/** What JSON allows and no configuration may have: nesting that would exhaust the stack, and a key that is no key to JavaScript. */
function oddityOf(label: string, text: string, value: unknown): string | undefined {
  if (isDeep(value, MAX_DEPTH)) {
    const fault = scanJson(text)
    if ('expected' in fault) return faultLine(label, text, fault)
  }
  const at = text.includes('__proto__') ? /"(?:__proto__)"\s*:/.exec(text)?.index : undefined
  if (at === undefined) return undefined
  return `${label}:${positionAt(text, at).line}: found the key "__proto__", allowed is any other`
}

/** Whether a value of JSON nests deeper than so many levels. */
function isDeep(value: unknown, levels: number): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []))
  }
  return false
}

function faultLine(label: string, text: string, fault: JsonFault): string {
  const { line, column } = positionAt(text, fault.offset)
  const at = text.codePointAt(fault.offset)
  const found = at === undefined ? 'the end of the file' : JSON.stringify(String.fromCodePoint(at))
  return `${label}:${line}:${column}: not JSON: found ${found}, expected ${fault.expected}`
}

function issueLine(label: string, text: string, root: JsonNode, value: unknown, issue: z.core.$ZodIssue): string {
  const { line } = positionAt(text, offsetOf(root, issue.path))
  const ofKey = issue.code === 'invalid_key' || issue.code === 'unrecognized_keys'
  const isSecret = !ofKey && issue.path.some((key) => isSecretName(String(key)))
  // What is said here goes to terminals, logs and bundles.
  const found = isSecret ? 'another' : describe(ofKey ? issue.path.at(-1) : valueAt(value, issue.path))
  return `${label}:${line}: ${formatPath(issue.path)}: found ${found}, allowed is ${issue.message}`
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  const shown = JSON.stringify(value)
  return shown.length <= MAX_FOUND ? shown : `${shown.slice(0, MAX_FOUND)}...`
}
