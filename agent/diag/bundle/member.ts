/**
 * What a Save Logs bundle is made of: files with where they come from, and what was left out and why. A member's bytes
 * are made while the bundle is written, so that a large log is never in memory.
 */

import { withoutKnown } from './known-secrets.js'
import { redact } from './redact.js'

/** One file of the bundle. */
export interface Member {
  /** Its path in the bundle. */
  readonly name: string
  /** Where it is from: a file's path, a command, the agent. */
  readonly from: string
  /** What its source has, bytes; of the member itself this is known once it is written. */
  readonly sourceBytes: number
  bytes(): AsyncIterable<Buffer> | Iterable<Buffer>
  /** What was hidden in it and where, when `bytes` have come to an end. */
  redactions(): readonly string[]
  /** What its reader must know, likewise. */
  remarks(): readonly string[]
}

/** Something that is not in the bundle. */
export interface LeftOut {
  readonly what: string
  /** Half a sentence. */
  readonly why: string
}

/** What was found in one place. */
export interface Found {
  readonly members: readonly Member[]
  readonly leftOut: readonly LeftOut[]
}

/** A member that is in memory. */
export function textMember(name: string, from: string, text: string, redactions: readonly string[] = []): Member {
  const bytes = Buffer.from(text)
  return {
    name,
    from,
    sourceBytes: bytes.length,
    bytes: () => [bytes],
    redactions: () => redactions,
    remarks: () => [],
  }
}

/** A JSON value as a member: without its own secrets, nor those that are known from elsewhere (`soughtForms`). */
export function jsonMember(name: string, from: string, value: unknown, forms: readonly string[]): Member {
  const { value: redacted, paths } = redact(value)
  return textMember(name, from, `${JSON.stringify(withoutKnown(redacted, forms), null, 2)}\n`, paths)
}

/** All of several places, in this order. */
export function foundTogether(places: readonly Found[]): Found {
  return {
    members: places.flatMap(({ members }) => members),
    leftOut: places.flatMap(({ leftOut }) => leftOut),
  }
}

/** What the system said, as half a sentence. */
export function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ENOENT':
      return 'it is not there'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'ELOOP':
      return 'it is a symbolic link'
    default:
      return code ?? message
  }
}
