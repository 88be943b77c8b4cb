/** What is left when a run does not come to its end: whole lines, and truth of just these. */

import { spawnSync } from 'node:child_process'
import { existsSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { firstLie, logIn, runGenerate, startGenerate, truthIn } from '../../support/generate-command.js'
import { lacking } from '../../support/needs.js'
import { CLI, environment } from '../../support/steerlab.js'
import { waitUntil } from '../../support/wait-until.js'

const size = (path: string): number => (existsSync(path) ? statSync(path).size : 0)

for (const [signal, code, more] of [
  ['SIGINT', 130, []],
  ['SIGTERM', 143, ['--rotate', '300k']],
] as const)
  void t.test(`${signal} ${more.join(' ')}`, async (t) => {
    const out = t.testdir()
    const truth = join(out, 'truth.jsonl')
    const running = startGenerate(['--duration', '1000d', '--out', out, '--truth', truth, ...more])
    await waitUntil(() => size(truth) > 1_000_000, 10_000)
    const asked = performance.now()
    running.child.kill(signal)
    t.match(await running.ended, { code, stdout: '', stderr: '' })
    t.ok(performance.now() - asked < 1000, 'at once')
    const told = truthIn(truth)
    t.equal(
      firstLie(told, (file) => logIn(out, file)),
      undefined,
    )
    const files = new Set(told.map(({ file }) => file))
    t.ok(files.has('nsdebuglog.log'))
    t.equal(files.size > 1, more.length > 0)
  })

void t.test('without truth, packed', async (t) => {
  const out = t.testdir()
  const log = join(out, 'nsdebuglog.log.gz')
  const running = startGenerate(['--duration', '10000d', '--gzip', '--out', out])
  await waitUntil(() => size(log) > 100_000, 10_000)
  running.child.kill('SIGINT')
  t.match(await running.ended, { code: 130 })
  t.match(logIn(out, 'nsdebuglog.log.gz').subarray(-2).toString(), '\r\n')
})

void t.test('a reader that does not read is waited for, and the second signal ends that', async (t) => {
  const running = startGenerate(['--duration', '1000d'])
  running.child.stdout?.pause()
  // The first bytes are in the pipe when it is full.
  await new Promise((resolve) => setTimeout(resolve, 1000))
  running.child.kill('SIGINT')
  await new Promise((resolve) => setTimeout(resolve, 200))
  t.equal(running.child.exitCode, null)
  running.child.kill('SIGINT')
  running.child.stdout?.resume()
  t.match(await running.ended, { code: 130 })
})

void t.test('a shard is still counting the days before its own', async (t) => {
  const out = t.testdir()
  const args = ['--duration', '100000d', '--shard', '999/1000', '--truth', join(out, 'truth.jsonl')]
  const running = startGenerate(args)
  await waitUntil(() => existsSync(join(out, 'truth.jsonl')), 10_000)
  await new Promise((resolve) => setTimeout(resolve, 300))
  const asked = performance.now()
  running.child.kill('SIGINT')
  t.match(await running.ended, { code: 130, stdout: '' })
  t.ok(performance.now() - asked < 500)
})

void t.test('a full disk is told in one sentence', { skip: lacking('capture') }, async (t) => {
  // The file system of the test goes away with the shell that made it, so the shell also prints what is on it.
  const script = `mount -t tmpfs -o size=SIZE none "$1" || exit 9
"$2" "$3" logs generate --lines 30000 WHERE
echo "code $?" >&2
cat "$1/nsdebuglog.log"; test -e "$1/truth.jsonl" && cat "$1/truth.jsonl" >&2`
  for (const [where, mib] of [
    ['--out "$1"', '2M'],
    ['--out "$1" --truth "$1/truth.jsonl"', '1500k'],
    ['--out "$1" --truth "$1/truth.jsonl"', '2500k'],
    ['> "$1/nsdebuglog.log"', '2M'],
  ] as const) {
    const line = script.replace('SIZE', mib).replace('WHERE', where)
    const args = ['-Urm', 'sh', '-c', line, 'sh', t.testdir(), process.execPath, CLI]
    const { stdout, stderr } = spawnSync('unshare', args, { env: environment(''), encoding: 'utf8', maxBuffer: 1e8 })
    const [told = '', code = '', ...truth] = stderr.split('\n')
    const lines = stdout.split('\n').length - 1
    t.equal(told, `steerlab: the log cannot be written: the disk is full; ${lines} whole lines are there`, where)
    t.equal(code, 'code 1')
    t.ok(lines > 1000 && stdout.endsWith('\r\n'), `${lines} lines`)
    if (where.includes('truth')) t.equal(truth.filter((line) => line !== '').length, lines, 'truth of just these')
  }
})

void t.test('appended to a file by the shell, what was there stays', { skip: lacking('sh') }, async (t) => {
  const path = join(t.testdir(), 'some.log')
  writeSync(openSync(path, 'w'), 'before\n')
  spawnSync('sh', ['-c', '"$1" "$2" logs generate --lines 5 >> "$3"', 'sh', process.execPath, CLI, path], {
    env: environment(''),
  })
  t.equal(readFileSync(path, 'utf8'), `before\n${(await runGenerate(['--lines', '5'])).stdout}`)
})
