import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { readSource } from '../../../scripts/config/read-source.js'
import { restAnswer, WEB_CONFIG } from '../../support/rest-document.js'
import { zipOf } from '../../support/zip.js'

const EXCEPTIONS = '{"names": ["a.example"], "ips": []}'
const STEERING = '{"traffic_mode": "web"}'

function directoryOf(t: Test, files: Readonly<Record<string, string>>): string {
  const directory = t.testdir()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  return directory
}

void t.test("a client's directory, with the name of 2021 and with what has no place here", async (t) => {
  const directory = directoryOf(t, {
    'nsexception.json': EXCEPTIONS,
    'nsdomain.json': STEERING,
    'logs/nsdebuglog.log': 'x',
    'nsbranding.json.enc': 'x',
    'nstunnelpolicy.json': '{}',
  })
  t.strictSame(await readSource(directory, {}), {
    files: {
      'nsexception.json': { names: ['a.example'], ips: [] },
      'nssteering.json': { traffic_mode: 'web' },
      'nsbypass.json': { certPinnedAppList: [] },
    },
    from: {
      'nsexception.json': `${directory}/nsexception.json`,
      'nssteering.json': `${directory}/nsdomain.json`,
      'nsbypass.json': directory,
    },
    notes: [
      { path: 'nsbranding.json.enc', reason: 'is encrypted: a Save Logs bundle of that client has them in clear' },
      { path: 'nstunnelpolicy.json', reason: 'has no place here' },
      { path: 'nsbypass.json', reason: 'is not there: no app is pinned' },
    ],
  })
})

void t.test("of several the highest is taken, and today's name before that of 2021", async (t) => {
  const directory = directoryOf(t, {
    'deep/nsexception.json': '{"names": [], "ips": []}',
    'nsexception.json': EXCEPTIONS,
    'nsdomain.json': '{"traffic_mode": "all"}',
    'nssteering.json': STEERING,
  })
  const { files, notes } = await readSource(directory, {})
  t.match(files, { 'nsexception.json': { names: ['a.example'] }, 'nssteering.json': { traffic_mode: 'web' } })
  t.strictSame(notes.map(({ path, reason }) => `${path} ${reason}`).sort(), [
    'deep/nsexception.json nsexception.json is taken',
    'nsbypass.json is not there: no app is pinned',
    'nsdomain.json nssteering.json is taken',
  ])
  const twice = directoryOf(t, { 'a/nssteering.json': STEERING, 'b/nssteering.json': STEERING })
  await t.rejects(readSource(twice, {}), { code: 'config-ambiguous', message: /holds a\/nss.* and b\/nss/ })
})

void t.test('a bundle, anywhere in it; and one file by itself', async (t) => {
  const directory = directoryOf(t, { 'nsexception.json': EXCEPTIONS })
  const bundle = join(directory, 'nslogs.zip')
  writeFileSync(
    bundle,
    zipOf([
      { name: 'Logs/x/nsexception.json', content: EXCEPTIONS },
      { name: 'a.txt', content: 'x' },
    ]),
  )
  t.match(await readSource(bundle, {}), {
    files: { 'nsexception.json': { names: ['a.example'] } },
    from: { 'nsexception.json': `${bundle}:Logs/x/nsexception.json` },
  })
  t.match(await readSource(join(directory, 'nsexception.json'), {}), {
    files: { 'nsexception.json': { names: ['a.example'] } },
    notes: [],
  })
})

void t.test('a REST answer, by whatever name', async (t) => {
  const path = join(directoryOf(t, { 'answer.json': JSON.stringify(restAnswer(WEB_CONFIG)) }), 'answer.json')
  const { files, from } = await readSource(path, { os: 'macos' })
  t.match(files, { 'nsbypass.json': { certPinnedAppList: [{ processName: 'Amazon Cloud Drive' }] } })
  t.strictSame(from, { 'nssteering.json': path, 'nsexception.json': path, 'nsbypass.json': path })
  await t.rejects(readSource(path, { name: 'none' }), { code: 'unknown-steering-config', exitCode: 2 })
})

void t.test('what is nothing of that is refused in a sentence', async (t) => {
  const cases: [files: Record<string, string>, code: string, message: RegExp][] = [
    [{ 'other.json': '{}' }, 'config-not-found', /^there is none of the client's files in /],
    [
      { 'nsconfig.json.enc': 'x' },
      'config-encrypted',
      /holds encrypted files only \(nsconfig\.json\.enc\): a Save Logs/,
    ],
    [{ 'nsconfig.json': '\u0007garbage' }, 'config-invalid', /nsconfig\.json is not JSON at all: where the client enc/],
    [{ 'nsconfig.json': '{\n "a": }' }, 'config-invalid', /nsconfig\.json:2:7: not JSON: expected a value$/],
    [{ 'nsconfig.json': '{"a": 1}' }, 'config-invalid', /nsconfig\.json cannot be used:\nnsconfig\.json:1: \$\.nsgw/],
  ]
  for (const [files, code, message] of cases)
    await t.rejects(readSource(directoryOf(t, files), {}), { code, exitCode: 2, message }, String(message))
  const directory = directoryOf(t, { 'x.txt': 'text', 'y.json': '{"a": 1}', 'nsexception.json': EXCEPTIONS })
  for (const file of ['x.txt', 'y.json'])
    await t.rejects(readSource(join(directory, file), {}), {
      message: /is neither a file of the client's .* nor a REST v1/,
    })
  await t.rejects(readSource(join(directory, 'none'), {}), { code: 'config-not-found', exitCode: 2 })
  await t.rejects(readSource(directory, { name: 'x' }), { code: 'option-unused', exitCode: 2 })
  await t.rejects(readSource(directory, { os: 'linux' }), { code: 'option-unused', exitCode: 2 })
})
