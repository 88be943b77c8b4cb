/** A directory for Unix sockets, whose paths have 107 bytes at most (unix(7)); tap's own are longer. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** A new directory with a short path, removed at the end of the test. */
export function shortDirectory(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'sl-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
