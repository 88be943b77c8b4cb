// Pure: takes out of a file what its schema does not allow, the smallest part that will do, and lists it. A real client's
// file may hold values we have never seen; the rest of it is still worth having.

import { formatPath } from '../check.js'
import { CONFIGURATION_FILES, type FileName } from '../configuration.js'
import type { ImportNote } from './imported.js'

/** The way to a value of a JSON document. */
export type Path = readonly PropertyKey[]

/** A key that must be there shows when it is gone, and then the element it is part of goes, and so on upwards. */
const MAX_ROUNDS = 10

/** Wrong values of a file that is still taken for what its name says. */
const MAX_WRONG = 1000

/** What is taken out, and the value in it that is to blame. */
interface Removal {
  readonly path: Path
  readonly blamed: Path
  readonly allowed: string
}

/** What is left of a file, what is not and why, and the paths it stood at. */
export interface Pruned {
  readonly value: unknown
  readonly notes: readonly ImportNote[]
  readonly removed: readonly Path[]
}

/** The value without what is not allowed; `value` itself when nothing is wrong, undefined when what is wrong must be there. */
export function prune(file: FileName, value: unknown): Pruned | undefined {
  const { schema } = CONFIGURATION_FILES[file]
  let removals: readonly Removal[] = protoKeys(value, []).map((path) => ({
    path,
    blamed: path,
    allowed: 'any other key',
  }))
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const gone = removals.map(({ path }) => path)
    const kept = without(value, gone)
    const result = schema.safeParse(kept)
    if (result.success) return { value: kept, notes: removals.map((removal) => noteOf(file, removal)), removed: gone }
    const { issues } = result.error
    if (issues.length > MAX_WRONG) return undefined
    const found = issues.map((issue): Removal => {
      const path = inOriginal(present(kept, issue.path), gone)
      return { path, blamed: [...path, ...issue.path.slice(path.length)], allowed: issue.message }
    })
    if (found.some(({ path }) => path.length === 0)) return undefined
    removals = withMore(removals, found)
  }
  return undefined
}

/** Keys that no file may have, because they are none to JavaScript (config/check.ts). */
function protoKeys(value: unknown, path: Path): readonly Path[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key]
    return key === '__proto__' ? [here] : protoKeys(member, here)
  })
}

/** An element that goes because a part of it went before is blamed on that part. */
function withMore(before: readonly Removal[], found: readonly Removal[]): readonly Removal[] {
  const isPartOf = (part: Path, whole: Path) => whole.every((key, index) => part[index] === key)
  const kept = before.filter((old) => !found.some(({ path }) => isPartOf(old.path, path)))
  return [...kept, ...found.map((one) => ({ ...one, ...blameOf(before.find((old) => isPartOf(old.path, one.path))) }))]
}

function blameOf(old: Removal | undefined): Pick<Removal, 'blamed' | 'allowed'> | undefined {
  return old && { blamed: old.blamed, allowed: old.allowed }
}

function noteOf(file: FileName, { path, blamed, allowed }: Removal): ImportNote {
  const part = formatPath(blamed.slice(path.length)).replace(/^\$\.?/, '')
  return { path: `${file} ${formatPath(path)}`, reason: `left out: allowed ${part && `as ${part} `}is ${allowed}` }
}

/** The path itself, or for a key that is missing the element of a list it is missing in; empty when there is none. */
function present(root: unknown, path: Path): Path {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
      return path.slice(0, path.findLastIndex((step) => typeof step === 'number') + 1)
    }
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return path
}

/** A path in what is left as a path in what there was: elements before it may be gone. */
export function inOriginal(path: Path, removed: readonly Path[]): Path {
  const original: PropertyKey[] = []
  for (const key of path) {
    const gone = new Set(removed.filter((other) => isBelow(other, original)).map((other) => other.at(-1)))
    let step = key
    if (typeof step === 'number') {
      for (let index = 0; index <= step; index++) if (gone.has(index)) step++
    }
    original.push(step)
  }
  return original
}

/** Whether `path` is a member of what stands at `parent`. */
function isBelow(path: Path, parent: Path): boolean {
  return path.length === parent.length + 1 && parent.every((key, index) => path[index] === key)
}

/** A copy of the value without what stands at the paths. */
function without(value: unknown, paths: readonly Path[]): unknown {
  if (paths.length === 0 || typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).flatMap(([key, member]): [string, unknown][] => {
    const below = paths.filter(([first]) => String(first) === key).map((path) => path.slice(1))
    return below.some((path) => path.length === 0) ? [] : [[key, without(member, below)]]
  })
  return Array.isArray(value) ? kept.map(([, member]) => member) : Object.fromEntries(kept)
}
