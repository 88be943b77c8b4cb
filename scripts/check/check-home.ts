/**
 * The home a check works in: new and for itself, so that no agent of the user's is disturbed and nothing stays. Its files
 * are those of a new home without exceptions and pinned apps, or the user's.
 */

import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FILE_NAMES, type FileName } from '../../agent/config/configuration.js'
import { defaultFiles } from '../../agent/config/default-files.js'
import { withValueAt } from '../../agent/config/edit/edit.js'
import type { FileValue } from '../../agent/config/edit/file-value.js'
import { fileText, writeDefaultConfiguration } from '../../agent/config/write-defaults.js'
import { createFile } from '../../agent/config/write-file.js'
import { readForEdit, writeEdited } from '../config/config-directory.js'
import { type Home, homePaths } from '../process/home.js'
import { DEFAULT_TENANT } from '../process/tenant.js'

/** How the gateway inspects, in a home that says so. */
const INSPECTION_FILES = ['inspect.json', 'policy.json', 'categories.json'] as const

/** What a check itself needs to be so: the plain run disables the client, and nobody downloads other files meanwhile. */
const NEEDED: readonly (readonly [file: FileName, path: readonly string[], value: unknown])[] = [
  ['nsconfig.json', ['allowClientDisabling'], 'true'],
  ['nsconfig.json', ['failClose', 'fail_close'], 'false'],
  ['steerlab.json', ['download', 'enabled'], false],
]

/** Makes a home without exceptions. Rejects with the system's error. */
export async function plainHome(): Promise<Home> {
  const home = await newHome()
  const { 'nsexception.json': exceptions, 'nsbypass.json': pinned } = defaultFiles(DEFAULT_TENANT)
  const write = (file: FileName, value: unknown) => createFile(join(home.stagent, file), fileText(value))
  await write('nsexception.json', { ...exceptions, names: [] })
  await write('nsbypass.json', { ...pinned, certPinnedAppList: [] })
  return home
}

/** Makes a home with the files of another. Rejects with the system's error or a user's mistake `config-invalid`. */
export async function homeAs(other: Home): Promise<Home> {
  const home = await newHome()
  try {
    await copyFiles(FILE_NAMES, other.stagent, home.stagent)
    await copyFiles(INSPECTION_FILES, other.inspection, home.inspection)
    await writeDefaultConfiguration(home.stagent, DEFAULT_TENANT)
    const values = new Map<FileName, FileValue>()
    for (const [file, path, value] of NEEDED)
      values.set(file, withValueAt(values.get(file) ?? (await readForEdit(home.stagent, file)), path, value))
    for (const [file, value] of values) await writeEdited(home.stagent, file, value)
    return home
  } catch (error) {
    await removeHome(home)
    throw error
  }
}

/** Removes a home that was made here. */
export async function removeHome({ root }: Home): Promise<void> {
  await rm(root, { recursive: true, force: true, maxRetries: 5 })
}

async function newHome(): Promise<Home> {
  const home = homePaths(await mkdtemp(join(tmpdir(), 'steerlab-check-')))
  for (const directory of [home.stagent, home.inspection]) await mkdir(directory, { recursive: true, mode: 0o700 })
  return home
}

/** A file that is not there is left out. */
async function copyFiles(names: readonly string[], from: string, to: string): Promise<void> {
  for (const name of names)
    await cp(join(from, name), join(to, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
}
