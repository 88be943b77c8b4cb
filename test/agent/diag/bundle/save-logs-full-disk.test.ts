/** Save Logs on a disk that has no room for it. */

import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const skip = spawnSync('unshare', ['-Urm', 'true']).status === 0 ? false : 'needs a user namespace'

void t.test('a full disk is told in a sentence, and nothing is left of the bundle', { skip }, async (t) => {
  // What cannot be compressed.
  const log = `${randomBytes(400_000).toString('hex')}\n`
  const directory = t.testdir({ full: {}, home: { stagent: { logs: { 'nsdebuglog.log': log } } } })
  const program = fileURLToPath(new URL('../../../support/bundle-full-disk.js', import.meta.url))
  const full = join(directory, 'full')
  const script =
    'mount -t tmpfs -o size=256k none "$1" && echo old > "$1/x.zip" && "$2" "$3" "$4" "$1/x.zip" && ls -A "$1" && cat "$1/x.zip"'
  const args = ['-Urm', 'sh', '-c', script, 'sh', full, process.execPath, program, join(directory, 'home')]
  const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' })
  t.equal(stderr, '')
  t.strictSame(stdout.split('\n'), [
    `bundle-failed 1 saving ${full}/x.zip failed, and nothing of it is left: the disk is full`,
    'x.zip',
    'old',
    '',
  ])
})
