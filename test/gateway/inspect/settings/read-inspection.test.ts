import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readInspection } from '../../../../gateway/inspect/settings/read-inspection.js'

void t.test('what is found of a file', (t) => {
  const directory = t.testdir({ 'policy.json': '{"rules": []} é' })
  const path = join(directory, 'categories.json')
  t.strictSame(readInspection(directory, 'policy.json'), { text: '{"rules": []} é' })
  t.strictSame(readInspection(directory, 'categories.json'), { error: 'ENOENT' })
  t.strictSame(readInspection(join(directory, 'none'), 'policy.json'), { error: 'ENOENT' })
  symlinkSync(join(directory, 'policy.json'), path)
  t.strictSame(readInspection(directory, 'categories.json'), { text: '{"rules": []} é' })
  t.end()
})

void t.test('what is no file of a MB at most is not read', (t) => {
  const directory = t.testdir()
  mkdirSync(join(directory, 'policy.json'))
  t.strictSame(readInspection(directory, 'policy.json'), { error: 'not a file' })
  execFileSync('mkfifo', [join(directory, 'inspect.json')])
  t.strictSame(readInspection(directory, 'inspect.json'), { error: 'not a file' }, 'nor is a pipe waited for')
  writeFileSync(join(directory, 'categories.json'), '{}')
  truncateSync(join(directory, 'categories.json'), 1024 ** 3)
  t.strictSame(readInspection(directory, 'categories.json'), { error: 'more than 1048576 bytes' })
  t.end()
})
