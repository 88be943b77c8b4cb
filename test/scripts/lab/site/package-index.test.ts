/** Real pip and npm install from the lab's indexes. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { testOrigins } from '../../../support/lab-origins.js'
import { DEBIAN_PYTHON, lacking } from '../../../support/needs.js'
import { runProgram } from '../../../support/run-program.js'

const origins = await testOrigins()
t.teardown(() => origins.close())
const base = () => `https://localhost:${origins.https.port}`

void t.test('pip installs the wheel', { skip: lacking('python3-pip') }, async (t) => {
  const target = t.testdir()
  const flags = ['--no-deps', '--no-cache-dir', '--no-compile', '--retries', '0', '--target', target]
  const index = ['--index-url', `${base()}/simple`]
  const env = { PIP_CONFIG_FILE: '/dev/null', PIP_CERT: origins.caFile, PIP_DISABLE_PIP_VERSION_CHECK: '1' }
  const args = ['-m', 'pip', 'install', '-q', ...flags, ...index]
  const { code, stderr } = await runProgram(DEBIAN_PYTHON, [...args, 'steerlab-hello'], { env })
  t.equal(code, 0, stderr)
  t.match(readFileSync(join(target, 'steerlab_hello.py'), 'utf8'), /Hello from the lab/)
  t.not((await runProgram(DEBIAN_PYTHON, [...args, 'steerlab-nothing'], { env })).code, 0, 'one that is not there')
})

void t.test('npm installs the tarball', { skip: lacking('npm') }, async (t) => {
  const home = t.testdir()
  const flags = ['--no-audit', '--no-fund', '--no-update-notifier', '--fetch-retries=0', '--cafile', origins.caFile]
  const args = ['install', ...flags, '--prefix', home, '--registry', `${base()}/npm/`]
  const env = { HOME: home, npm_config_globalconfig: join(home, 'global-npmrc') }
  const { code, stderr } = await runProgram('npm', [...args, 'steerlab-hello'], { env })
  t.equal(code, 0, stderr)
  t.match(readFileSync(join(home, 'node_modules/steerlab-hello/index.js'), 'utf8'), /Hello from the lab/)
  t.not((await runProgram('npm', [...args, 'steerlab-nothing'], { env })).code, 0, 'one that is not there')
})

void t.test('a page is what it says, over plain HTTP too', { skip: lacking('curl') }, async (t) => {
  const ask = async (...args: string[]) => (await origins.curl('-w', '\n%{http_code} %{content_type}', ...args)).stdout
  t.match(
    await ask('http://box.com/npm/steerlab-hello'),
    /"tarball":"http:\/\/box\.com\/npm\/.*\n200 application\/json$/,
  )
  t.match(await ask('--http2', 'https://box.com/npm/steerlab-hello'), /"tarball":"https:\/\/box\.com\/npm\//)
  t.match(await ask('https://box.com/simple/steerlab-hello/'), /\n200 text\/html; charset=utf-8$/)
  t.match(await ask('-I', 'https://box.com/npm/steerlab-hello'), /content-length: \d{3}/)
  t.match(await ask('https://box.com/simple/'), /no such package.*\n404 application\/json$/s)
})
