/** Where the lines come from: turns the arguments of a command into logs, whatever mixture of files and bundles they are. */

import type { Dirent, Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { userMistake } from '../../agent/errors.js'
import { isZip, logBytes, readFault, readFileFast } from './log-bytes.js'
import type { LogPart, LogSet } from './log-set.js'
import { logFamily, oldestFirst } from './rotation-order.js'
import { zipLogs } from './zip-logs.js'

/** Folders below a given one that are searched; a bundle has two, and a tree of endpoints rarely more. */
const MAX_DEPTH = 8

/** A file found: parts of the same log have the same `log`, and a file found twice the same `name` in it. */
interface Found {
  readonly log: string
  readonly name: string
  readonly part: LogPart
}

/**
 * The logs in `paths`, each a file, a directory, a zip or `-` for standard input, in that order. Files of one directory
 * that the client rotated are one log, also when they are given one by one; a file given twice is read once.
 * Throws a user's mistake: `log-not-found`, `log-unreadable` or `log-damaged`.
 */
export async function findLogs(paths: readonly string[], stdin: () => Readable): Promise<readonly LogSet[]> {
  const logs = new Map<string, Map<string, LogPart>>()
  for (const path of paths) {
    const found = path === '-' ? [standardInput(stdin)] : await findAt(path)
    for (const { log, name, part } of found) {
      const parts = logs.get(log) ?? new Map<string, LogPart>()
      logs.set(log, parts.set(name, part))
    }
  }
  return [...logs.values()].map((named) => {
    const parts = oldestFirst([...named.keys()]).map((name) => named.get(name)!)
    return { name: parts.at(-1)!.name, parts }
  })
}

function standardInput(stdin: () => Readable): Found {
  const name = 'standard input'
  return { log: '-', name, part: { name, open: () => logBytes(stdin(), name) } }
}

async function findAt(path: string): Promise<readonly Found[]> {
  const facts = await readable(path, () => stat(path))
  if (facts.isDirectory()) return atLeastOne(await findBelow(path, MAX_DEPTH), `${path} or the folders below it`)
  if (!(await readable(path, () => startsAsZip(path, facts)))) return [fileFound(path)]
  const logs = (await zipLogs(path)).map(({ folder, name, part }) => {
    return { log: idOf(path, folder, logFamily(name)), name, part }
  })
  return atLeastOne(logs, path)
}

/** A pipe (`<(ssh host cat ...)`) can be read once only, and not for a look. */
async function startsAsZip(path: string, facts: Stats): Promise<boolean> {
  return facts.isFile() && (await isZip(path))
}

function fileFound(path: string): Found {
  const name = basename(path)
  const family = logFamily(name)
  // A file of any other name is a log of its own.
  const log = family === undefined ? resolve(path) : idOf(dirname(path), family)
  return { log, name, part: { name: path, open: () => logBytes(readFileFast(path), path) } }
}

/** No path has a NUL in it. */
function idOf(path: string, ...within: readonly (string | undefined)[]): string {
  return [resolve(path), ...within].join('\0')
}

/** The logs of a directory, then those of its folders by name. Links to folders are not followed: they may go round. */
async function findBelow(directory: string, depth: number): Promise<readonly Found[]> {
  const entries = await readable(directory, () => readdir(directory, { withFileTypes: true }))
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const found = sorted.filter(isLog).map(({ name }) => fileFound(join(directory, name)))
  if (depth === 0) return found
  for (const { name } of sorted.filter((entry) => entry.isDirectory())) {
    found.push(...(await findBelow(join(directory, name), depth - 1)))
  }
  return found
}

function isLog(entry: Dirent): boolean {
  return !entry.isDirectory() && logFamily(entry.name) !== undefined
}

function atLeastOne(found: readonly Found[], place: string): readonly Found[] {
  if (found.length > 0) return found
  throw userMistake('log-not-found', `there is no nsdebuglog.log in ${place}`)
}

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw readFault(error, path)
  }
}
