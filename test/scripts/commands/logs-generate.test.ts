/** `steerlab logs generate` as a user has it: what comes out, where, and what it says of mistakes. */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { writeDefaultConfiguration } from '../../../agent/config/write-defaults.js'
import { firstLie, logIn, runGenerate, truthIn } from '../../support/generate-command.js'
import { CLI, environment } from '../../support/steerlab.js'

void t.test('the same arguments give the same bytes, wherever and whenever', async (t) => {
  const args = ['--lines', '30000', '--seed', 'any text', '--profile', 'macos-r126']
  const [first, second, other] = await Promise.all([
    runGenerate(args, { env: { TZ: 'America/Los_Angeles' } }),
    runGenerate(args, { env: { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8' }, cwd: t.testdir() }),
    runGenerate(['--seed', 'another', ...args.filter((arg) => !/seed|any/.test(arg))]),
  ])
  t.match(first, { code: 0, stderr: '' }, 'and not a word beside them')
  t.equal(first.stdout.split('\n').length, 30_001)
  t.ok(first.stdout === second.stdout)
  t.not(first.stdout, other.stdout, 'another seed, another log')
})

void t.test('a directory gets what standard output gets, one endpoint or several', async (t) => {
  const out = t.testdir()
  const args = ['--duration', '1d', '--endpoints', '3']
  const { stdout } = await runGenerate(args)
  t.match(await runGenerate([...args, '--out', join(out, 'several')]), { code: 0, stdout: '', stderr: '' })
  const folders = readdirSync(join(out, 'several')).sort()
  t.strictSame(folders, ['endpoint-0001', 'endpoint-0002', 'endpoint-0003'])
  const joined = folders.map((folder) => readFileSync(join(out, 'several', folder, 'nsdebuglog.log'), 'latin1'))
  t.ok(joined.join('') === stdout)
  t.ok(joined.every((text) => text.endsWith('\r\n') && text.startsWith('2026/11/02 ')))
  await runGenerate(['--lines', '10', '--out', join(out, 'one')])
  t.strictSame(readdirSync(join(out, 'one')), ['nsdebuglog.log'])
})

void t.test('the truth beside logs of several endpoints, packed and cut into files', async (t) => {
  const out = t.testdir()
  const truth = join(out, 'truth.jsonl')
  const args = ['--lines', '12000', '--endpoints', '2', '--gzip', '--rotate', '500k', '--scenario', 'corrupt']
  t.match(await runGenerate([...args, '--out', out, '--truth', truth]), { code: 0, stderr: '' })
  const told = truthIn(truth)
  t.equal(told.length, 12_000)
  t.equal(
    firstLie(told, (file) => logIn(out, file)),
    undefined,
  )
  const folder = join(out, 'endpoint-0002')
  const files = readdirSync(folder).sort()
  t.strictSame(files, ['nsdebuglog.1.log.gz', 'nsdebuglog.2.log.gz', 'nsdebuglog.log.gz'])
  t.strictSame(
    [...new Set(told.map(({ file }) => file))].slice(-3),
    ['endpoint-0002/nsdebuglog.2.log.gz', 'endpoint-0002/nsdebuglog.1.log.gz', 'endpoint-0002/nsdebuglog.log.gz'],
    'the newest has no number',
  )
  for (const file of files) t.ok(logIn(folder, file).length <= 500 * 1024, file)
  await runGenerate([...args, '--out', join(out, 'untold')])
  for (const file of files)
    t.ok(logIn(join(out, 'untold', 'endpoint-0002'), file).equals(logIn(folder, file)), `${file} without truth`)
})

void t.test('a scenario says when its files are cut', async (t) => {
  const scenario = t.testdir({ 'cut.json': '{"name": "cut", "damage": {"rotate": "1k"}}' })
  await runGenerate(['--lines', '100', '--scenario', join(scenario, 'cut.json'), '--out', join(scenario, 'out')])
  const files = readdirSync(join(scenario, 'out'))
  t.ok(files.length > 3)
  for (const file of files) t.ok(statSync(join(scenario, 'out', file)).size <= 4096, 'no file is too small for a line')
})

void t.test("a client's own files decide", async (t) => {
  const { stdout } = await runGenerate(['--lines', '5000'])
  t.match(stdout, 'addon-lab.goskope.com')
  const home = t.testdir()
  await writeDefaultConfiguration(home, { tenant: 'acme', user: 'a@acme.example', org: 'Acme' })
  const acme = await runGenerate(['--lines', '5000', '--config', home])
  t.match(acme.stdout, 'addon-acme.goskope.com')
  t.notMatch(acme.stdout, 'addon-lab.goskope.com')
  writeFileSync(join(home, 'nssteering.json'), '{}')
  t.match(await runGenerate(['--lines', '5', '--config', home]), { code: 2, stderr: /nssteering\.json/ })
})

void t.test('a reader that leaves ends it without a word', async (t) => {
  const script = '"$1" "$2" logs generate --lines 300000 2>&2 | head -1; exit $?'
  const done = spawnSync('sh', ['-c', script, 'sh', process.execPath, CLI], { env: environment(''), encoding: 'utf8' })
  t.match(done, { status: 0, stderr: '' })
  t.equal(done.stdout.split('\n').length, 2)
})

void t.test('a mistake is told in one sentence, with exit code 2, and nothing is written', async (t) => {
  const out = t.testdir({ full: { 'nsdebuglog.log': 'precious\n' }, truth: 'precious\n', 'bad.json': '{"name": 3}' })
  mkdirSync(join(out, 'empty'))
  const cases: readonly (readonly [args: string, told: RegExp])[] = [
    ['--lines 10 --duration 1h', /--duration and --lines say how much in different ways/],
    ['--lines x', /--lines takes a whole number from 1, such as 5000, 500k or 1M, and not "x"/],
    ['--shard 0/2', /--shard takes I\/N/],
    ['--shard 2/3 --endpoints 2 --out OUT/new', /2 cannot be shared by 3 shards/],
    ['--profile windows-95', /"windows-95" is neither a profile nor a file/],
    ['--scenario nonsense', /"nonsense" is neither a scenario nor a file; .*normal-day/],
    ['--scenario OUT/bad.json', /bad\.json cannot be used:\n.*name/],
    ['--lines 10 --out OUT/full', /full\/nsdebuglog\.log is there already; --force/],
    ['--lines 10 --out OUT/truth', /--out is a directory, and .*truth a file or in one/],
    ['--lines 10 --out OUT/empty --truth OUT/truth', /truth is there already; --force/],
    ['--lines 10 --truth OUT/none/truth', /none\/truth cannot be written to \(ENOENT\)/],
    ['--lines 10 --rotate 10M', /--rotate cuts a log into files, and needs --out DIR/],
    ['--live 10/s --gzip', /--live writes one log/],
    ['--config OUT/empty', /empty cannot be used:/],
  ]
  const ended = await Promise.all(cases.map(([args]) => runGenerate(args.replaceAll('OUT', out).split(' '))))
  for (const [i, [args, told]] of cases.entries()) {
    t.match(ended[i], { code: 2, stdout: '', stderr: told }, args)
    t.notMatch(ended[i]?.stderr, /\n {4}at /, 'no stack')
  }
  t.equal(readFileSync(join(out, 'full', 'nsdebuglog.log'), 'utf8'), 'precious\n')
  t.equal(readFileSync(join(out, 'truth'), 'utf8'), 'precious\n')
  t.notOk(existsSync(join(out, 'new')))
})

void t.test('--force replaces what is there, old files of the log too', async (t) => {
  const out = t.testdir({ 'nsdebuglog.log': 'old', 'nsdebuglog.7.log': 'old', 'notes.txt': 'kept' })
  t.match(await runGenerate(['--lines', '10', '--out', out, '--force', '--truth', join(out, 'notes.txt')]), { code: 0 })
  t.strictSame(readdirSync(out).sort(), ['notes.txt', 'nsdebuglog.log'])
  t.equal(truthIn(join(out, 'notes.txt')).length, 10)
})
