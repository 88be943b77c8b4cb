import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readablePaths } from '../../../../scripts/process/trust/readable-paths.js'

void t.test('places that are there, by their real paths, each once', async (t) => {
  const directory = t.testdir({ a: 'A', folder: {} })
  const at = (name: string) => join(directory, name)
  symlinkSync(at('a'), at('link'))
  symlinkSync(at('nothing'), at('dangling'))
  const paths = ['link', 'a', 'none', 'dangling', 'a/below', 'folder'].map(at)
  t.strictSame(readablePaths(paths), [at('a'), at('folder')])
})
