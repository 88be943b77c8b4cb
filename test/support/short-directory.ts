/**
 * A directory for what tap's own is not good for: Unix sockets, whose paths have 107 bytes at most (unix(7)), and files that a
 * server writes until a teardown closes it. tap may remove its directory before the teardowns.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** A new directory with a short path, removed after the teardowns that are registered after this call. */
export function shortDirectory(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'sl-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
