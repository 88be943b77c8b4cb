// Pure: changes of a parsed file of the client's. Keys we do not know stay, and so does the order of keys.

import { userMistake } from '../../errors.js'
import { MADE_IN_CLOUD } from '../compile/half-lists.js'
import { type FileValue, isObject } from './file-value.js'

/** A half of dynamic steering, by its key in a file. */
export type HalfKey = 'on_prem' | 'off_prem'

/** One change of one list. */
export interface ListEdit {
  /** The list's key in the file or in a half of it. */
  readonly key: string
  /** What is added or removed, for messages. */
  readonly subject: string
  /** The list after the change; undefined when there is nothing to change. */
  apply(list: readonly unknown[]): readonly unknown[] | undefined
}

/** A file after its changes: the subjects that changed something, and those that did not. */
export interface Edited {
  readonly value: FileValue
  readonly done: readonly string[]
  readonly idle: readonly string[]
}

/**
 * Makes the changes in the file's own lists, or in those of `halves`; the list of a half takes the place of the file's,
 * so a half that has none gets a copy first. Throws a user's mistake `half-needed` when no half is named and one has a
 * list of its own: a change of the file's list would do nothing there.
 */
export function editLists(file: FileValue, halves: readonly HalfKey[], edits: readonly ListEdit[]): Edited {
  let value = file
  const done: string[] = []
  const idle: string[] = []
  for (const edit of edits) {
    const before = value
    if (halves.length === 0) value = editOwnList(value, edit)
    for (const half of halves) value = editHalfList(value, half, edit)
    ;(value === before ? idle : done).push(edit.subject)
  }
  return { value, done, idle }
}

function editOwnList(file: FileValue, { key, apply }: ListEdit): FileValue {
  const half = (['on_prem', 'off_prem'] as const).find((half) => Object.hasOwn(objectAt(file, half), key))
  if (half !== undefined && !MADE_IN_CLOUD.has(key)) {
    throw userMistake('half-needed', `${half} has ${key} of its own: say --half on-prem, off-prem or both`)
  }
  const list = apply(listAt(file, key))
  return list === undefined ? file : { ...file, [key]: list }
}

function editHalfList(file: FileValue, half: HalfKey, { key, apply }: ListEdit): FileValue {
  const ofHalf = objectAt(file, half)
  const list = apply(listAt(Object.hasOwn(ofHalf, key) || MADE_IN_CLOUD.has(key) ? ofHalf : file, key))
  return list === undefined ? file : { ...file, [half]: { ...ofHalf, [key]: list } }
}

/** The words of `set-mode`; `none` is steering nothing. */
export const MODES = ['web', 'cloud-apps', 'all', 'none'] as const

/** One of them. */
export type Mode = (typeof MODES)[number]

/**
 * nssteering.json with another mode, for all or for some halves of dynamic steering.
 * Throws a user's mistake: `half-needed` under dynamic steering without halves, `not-dynamic` with them but without it.
 */
export function setMode(file: FileValue, mode: Mode, halves: readonly HalfKey[]): FileValue {
  const dynamic = isDynamic(file)
  if (dynamic && halves.length === 0) {
    throw userMistake('half-needed', 'steering is dynamic: say --half on-prem, off-prem or both')
  }
  requireDynamic(file, halves)
  if (!dynamic) return withMode(file, 'steering_method_none', (value) => ({ ...value, traffic_mode: mode }), mode)
  return halves.reduce((value, half) => {
    const inHalf = (value: FileValue) => ({ ...value, [half]: { ...objectAt(value, half), traffic_mode: mode } })
    return withMode(value, NONE[half], inHalf, mode)
  }, file)
}

/** Throws a user's mistake `not-dynamic` when halves are named and nssteering.json, which `steering` is, has none. */
export function requireDynamic(steering: FileValue, halves: readonly HalfKey[]): void {
  if (halves.length === 0 || isDynamic(steering)) return
  throw userMistake(
    'not-dynamic',
    'steering is not dynamic: `steerlab config edit set nssteering.dynamic_steering 1` first',
  )
}

function isDynamic(steering: FileValue): boolean {
  return steering['dynamic_steering'] === 1
}

const NONE = { on_prem: 'onprem_steering_method_none', off_prem: 'offprem_steering_method_none' } as const

/** The switch for none is a key of the file, in any half; with another mode it must not be on. */
function withMode(file: FileValue, none: string, set: (file: FileValue) => FileValue, mode: Mode): FileValue {
  if (mode === 'none') return { ...file, [none]: 1 }
  return set(file[none] === 1 ? { ...file, [none]: 0 } : file)
}

/** The value at a path of keys and indexes; undefined when there is none. */
export function valueAt(file: FileValue, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? memberOf(value, key) : undefined,
    file,
  )
}

/**
 * The file with `value` at a path of keys, of which those before the last lead to objects, to elements of lists that are
 * there, or to nothing yet.
 */
export function withValueAt(file: FileValue, [key = '', ...rest]: readonly string[], value: unknown): FileValue {
  return { ...file, [key]: replaced(file[key], rest, value) }
}

function replaced(old: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(old) && Object.hasOwn(old, key))
    return old.with(Number(key), replaced(old[Number(key)], rest, value))
  return { ...(isObject(old) ? old : {}), [key]: replaced(isObject(old) ? old[key] : undefined, rest, value) }
}

function memberOf(value: object, key: string): unknown {
  return (value as Record<string, unknown>)[key]
}

/** The list at a key, empty when there is none. */
function listAt(value: FileValue, key: string): readonly unknown[] {
  const list = value[key]
  return Array.isArray(list) ? list : []
}

function objectAt(value: FileValue, key: string): FileValue {
  const object = value[key]
  return isObject(object) ? object : {}
}
