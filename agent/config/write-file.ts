/**
 * Writes a file so that a reader, or a crash, never sees half of it: a temporary file beside it takes its name when
 * it is whole.
 */

import { randomUUID } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { link, open, rename, rm } from 'node:fs/promises'

/** Only the owner reads what we write: keys and user names. */
const OWNER_ONLY = 0o600

/**
 * Replaces or creates files, mode 0600: all are written whole before the first takes its name, so that a full disk changes
 * none. Rejects with the system's error; nothing is left behind then.
 */
export async function replaceFiles(contents: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  const publish: (() => Promise<void>)[] = []
  const writeNext = async ([first, ...rest]: readonly (readonly [string, string | Uint8Array])[]): Promise<void> => {
    if (first === undefined) {
      for (const rename of publish) await rename()
      return
    }
    const [path, content] = first
    await withTemporary(path, content, (temporary) => {
      publish.push(() => rename(temporary, path))
      return writeNext(rest)
    })
  }
  await writeNext([...contents])
}

/** Replaces or creates `path` with `content`, mode 0600. Rejects with the system's error; nothing is left behind then. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await withTemporary(path, content, (temporary) => rename(temporary, path))
}

/** Creates `path` with `content`, mode 0600, unless it exists; answers whether it did. */
export async function createFile(path: string, content: string | Uint8Array): Promise<boolean> {
  try {
    // A link, unlike a rename, never replaces what is there.
    await withTemporary(path, content, (temporary) => link(temporary, path))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function withTemporary(
  path: string,
  content: string | Uint8Array,
  publish: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  let handle: FileHandle | undefined
  try {
    handle = await open(temporary, 'wx', OWNER_ONLY)
    await handle.writeFile(content)
    await handle.close()
    await publish(temporary)
  } finally {
    await handle?.close().catch(() => undefined)
    await rm(temporary, { force: true })
  }
}
