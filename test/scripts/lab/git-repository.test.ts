/** The repository made in memory is one that real git accepts. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { gitRepository, HELLO_REPOSITORY } from '../../../scripts/lab/git-repository.js'
import { testOrigins } from '../../support/lab-origins.js'
import { lacking } from '../../support/needs.js'
import { runProgram } from '../../support/run-program.js'

const skip = lacking('git')

void t.test('git clones it over HTTPS and finds nothing wrong', { skip }, async (t) => {
  const origins = await testOrigins()
  t.teardown(() => origins.close())
  const directory = join(t.testdir(), 'hello')
  const url = `https://localhost:${origins.https.port}/steerlab/hello.git`
  const env = { GIT_SSL_CAINFO: origins.caFile, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' }
  const clone = await runProgram('git', ['clone', '-q', url, directory], { env })
  t.equal(clone.code, 0, clone.stderr)
  const git = (...args: string[]) => runProgram('git', ['-C', directory, ...args])
  t.equal((await git('fsck', '--strict', '--full')).code, 0)
  t.match((await git('log', '--format=%an <%ae> %at %s')).stdout, 'steerlab <lab@lab.example> 1792000000 Say hello\n')
  t.equal((await git('status', '--porcelain', '--branch')).stdout, '## main...origin/main\n')
  t.equal(await readFile(join(directory, 'hello.txt'), 'utf8'), 'Hello from the lab.\n')

  const missing = await runProgram('git', ['clone', '-q', `${url}x`, `${directory}x`], { env })
  t.not(missing.code, 0, 'a repository that is not there')
  const distrustful = await runProgram('git', ['clone', '-q', url, `${directory}y`], {
    env: { ...env, GIT_SSL_CAINFO: '/dev/null' },
  })
  t.not(distrustful.code, 0, 'a client that does not trust the lab')
})

void t.test('object names are those that git gives', async (t) => {
  const files = gitRepository({ files: { a: 'hello\n' }, message: 'm', author: 'A <a@b>', time: 0 })
  // `printf 'hello\n' | git hash-object --stdin`
  t.ok(files.has('objects/ce/013625030ba8dba906f756967f9e9ca394464a'))
  t.match(files.get('HEAD')?.toString(), 'ref: refs/heads/main\n')
  t.match(files.get('info/refs')?.toString(), /^[0-9a-f]{40}\trefs\/heads\/main\n$/)
})

void t.test('the same content gives the same commit, other content another', async (t) => {
  const refs = (text: string) =>
    gitRepository({ files: { b: 'b', 'a.txt': text }, message: 'm', author: 'A <a@b>', time: 1 })
      .get('info/refs')
      ?.toString()
  t.equal(refs('x'), refs('x'))
  t.not(refs('x'), refs('y'))
  t.ok(HELLO_REPOSITORY.size >= 6, 'HEAD, references, two files, tree, commit')
})
