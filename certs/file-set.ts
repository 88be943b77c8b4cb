/**
 * A set of files that changes only as a whole, safe when several processes start at once and when one is killed midway.
 * Each generation is a directory, `<name>-1`, `<name>-2` ...: written under a temporary name, then renamed, which fails
 * if the place is taken. So exactly one process wins a generation, the others read what it wrote, and no lock is left
 * behind to go stale. Copies that others read at fixed places are written after, again by rename.
 */

import { randomUUID } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf, SteerError, userMistake } from '../agent/errors.js'

/** Contents by file name. */
export type Files = ReadonlyMap<string, string | Buffer>

/** One kind of set: where it lives, what it means, how it is made. */
export interface FileSetPlan<T> {
  readonly directory: string
  /** Generations are `<directory>/<name>-<n>`. */
  readonly name: string
  /** What the files mean; undefined when one is missing, broken, out of date or made for somebody else. */
  readonly read: (files: Files) => T | undefined
  /** Makes the files anew, given the unusable ones (or none), so that what is still good may be kept. */
  readonly make: (old: Files) => Promise<Files>
  /** Contents by absolute path, to be found outside the set. */
  readonly copies: (set: T) => Files
}

/** Losing this often means that two processes want different sets in one place. */
const ATTEMPTS = 8

/**
 * Reads the newest set, or makes it. Every file has mode 0600, every directory 0700. Throws SteerError: `home-unusable`
 * (exit 2) when the directory cannot be read or written, `file-set-contended` when another process keeps replacing it.
 */
export async function ensureFileSet<T>(plan: FileSetPlan<T>): Promise<T> {
  try {
    await privateDirectory(plan.directory)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const generation = await newestGeneration(plan)
      const files = await load(plan, generation)
      const set = plan.read(files)
      if (set === undefined) {
        await publish(plan, generation + 1, await plan.make(files))
        continue
      }
      for (const [path, content] of plan.copies(set)) await keepCopy(path, content)
      if ((await newestGeneration(plan)) !== generation) continue
      await removeOlder(plan, generation)
      return set
    }
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw userMistake('home-unusable', `cannot keep certificates in ${plan.directory}: ${messageOf(error)}`, error)
  }
  throw new SteerError('file-set-contended', `another process keeps replacing ${plan.name} in ${plan.directory}`)
}

type Place = Pick<FileSetPlan<unknown>, 'directory' | 'name'>

async function generations({ directory, name }: Place): Promise<number[]> {
  const prefix = `${name}-`
  const entries = (await readdir(directory)).filter((entry) => entry.startsWith(prefix))
  return entries.map((entry) => Number(entry.slice(prefix.length))).filter(Number.isSafeInteger)
}

async function newestGeneration(place: Place): Promise<number> {
  return Math.max(0, ...(await generations(place)))
}

function pathOf({ directory, name }: Place, generation: number): string {
  return join(directory, `${name}-${generation}`)
}

/** The files of a generation; fewer, or none, if it is not there (any more): `read` then finds the set incomplete. */
async function load(place: Place, generation: number): Promise<Files> {
  const path = pathOf(place, generation)
  const names = await readdir(path).catch(unlessMissing<string[]>([]))
  const files = new Map<string, Buffer>()
  for (const name of names) {
    const content = await readFile(join(path, name)).catch(unlessMissing(undefined))
    if (content !== undefined) files.set(name, content)
  }
  return files
}

/** Puts a generation in place, or leaves the one that another process put there meanwhile. */
async function publish(place: Place, generation: number, files: Files): Promise<void> {
  const staging = await mkdtemp(join(place.directory, `.new-${place.name}.`))
  try {
    for (const [name, content] of files) await writeFile(join(staging, name), content, { mode: 0o600 })
    await rename(staging, pathOf(place, generation))
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    if (!isSystemError(error, 'ENOTEMPTY') && !isSystemError(error, 'EEXIST')) throw error
  }
}

/** Puts a file where others read it, mode 0600, unless it is there already. Rejects with the system's error. */
export async function keepCopy(path: string, content: string | Buffer): Promise<void> {
  const wanted = Buffer.from(content)
  const current = await readFile(path).catch(unlessMissing(undefined))
  if (current?.equals(wanted) && ((await stat(path)).mode & 0o077) === 0) return
  await privateDirectory(dirname(path))
  const staging = `${path}.${randomUUID()}`
  try {
    await writeFile(staging, wanted, { mode: 0o600 })
    await rename(staging, path)
  } catch (error) {
    await rm(staging, { force: true })
    throw error
  }
}

async function removeOlder(place: Place, newest: number): Promise<void> {
  for (const generation of await generations(place)) {
    if (generation < newest) await rm(pathOf(place, generation), { recursive: true, force: true })
  }
}

async function privateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  await chmod(path, 0o700)
}

function isSystemError(error: unknown, code?: string): error is NodeJS.ErrnoException {
  const found = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : undefined
  return code === undefined ? found !== undefined : found === code
}

function unlessMissing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (isSystemError(error, 'ENOENT')) return instead
    throw error
  }
}
