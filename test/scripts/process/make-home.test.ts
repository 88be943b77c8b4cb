import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { homePaths } from '../../../scripts/process/home.js'
import { makeHome } from '../../../scripts/process/make-home.js'
import { runProgram } from '../../support/run-program.js'

const unusable = { code: 'home-unusable', exitCode: 2 }

/** A directory with a short path: a test's own may be too long for a home. */
function shortDirectory(t: Test): string {
  const directory = mkdtempSync('/tmp/slt-')
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

void t.test('a home is made for its owner alone, and then left as it is', async (t) => {
  const home = homePaths(join(shortDirectory(t), 'not', 'there'))
  makeHome(home)
  t.equal(statSync(home.run).mode & 0o777, 0o700)
  t.equal(statSync(home.root).mode & 0o777, 0o700)
  chmodSync(home.root, 0o750)
  makeHome(home)
  t.equal(statSync(home.root).mode & 0o777, 0o750, 'a second time it is there')
})

void t.test('what cannot be a home', async (t) => {
  const file = join(shortDirectory(t), 'file')
  writeFileSync(file, '')
  for (const path of [file, join(file, 'below'), '/proc/nope', '/proc/nope/deeper'])
    t.throws(() => makeHome(homePaths(path)), unusable, path)
})

void t.test('a directory that may be read and not written', async (t) => {
  const module = new URL('../../../scripts/process/', import.meta.url)
  const script = `
    import { homePaths } from '${new URL('home.js', module)}'
    import { makeHome } from '${new URL('make-home.js', module)}'
    try { makeHome(homePaths(process.argv[1])) } catch ({ code, message }) { console.log(code, message) }`
  // Root may write everywhere, so somebody else has to try.
  const user = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
  for (const closed of ['', 'run']) {
    const root = shortDirectory(t)
    mkdirSync(join(root, 'run'))
    chmodSync(root, 0o777)
    chmodSync(join(root, closed), 0o555)
    const [program = '', ...args] = [...user, process.execPath, '--input-type=module', '-e', script, '--', root]
    const { stdout } = await runProgram(program, args)
    t.equal(stdout, `home-unusable the home ${root} cannot be used (EACCES)\n`, closed || 'the home itself')
    chmodSync(join(root, closed), 0o700)
  }
})

void t.test('a home must leave room for a Unix socket', async (t) => {
  const root = join(shortDirectory(t), 'x').padEnd(92, 'x')
  makeHome(homePaths(root))
  t.equal(homePaths(root).controlSocket.length, 107, 'the longest there can be')
  t.throws(() => makeHome(homePaths(`${root}x`)), { ...unusable, message: /too long.* at most 92 bytes/ })
  t.throws(() => makeHome(homePaths(`${root.slice(0, -1)}é`)), unusable, 'bytes count, not letters')
})
