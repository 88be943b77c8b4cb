/** A whole bundle of a home. */

import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { CaptureReport } from '../../../../agent/capture-file/capture-request.js'
import type { Manifest } from '../../../../agent/diag/bundle/manifest.js'
import { type SavingProgress, saveLogs } from '../../../../agent/diag/bundle/save-logs.js'
import { asNobody } from '../../../support/as-nobody.js'
import { bundleOptions, homeWithSecrets, unpacked } from '../../../support/bundle-home.js'

const { home, planted } = await homeWithSecrets(t.testdir())
const CAPTURE = { running: true, file: join(home, 'stagent', 'logs', 'nspktdump.pcap') } as CaptureReport
const answers = { details: 'Orgname:: Lab.\n', status: {}, pop: {}, flows: [], map: [], capture: [CAPTURE] }

void t.test('all of a home is in it, and the manifest says what, last', async (t) => {
  const target = join(t.testdir(), 'out.zip')
  const steps: SavingProgress[] = []
  const saved = await saveLogs({ ...bundleOptions(home, target), answers, progress: (step) => steps.push(step) })
  const files = await unpacked(target)
  const manifest: Manifest = JSON.parse(`${files.get('manifest.json')}`)
  t.strictSame(manifest, saved.manifest)
  t.strictSame([saved.path, saved.bytes], [target, readFileSync(target).length])
  t.strictSame([...files.keys()], [...manifest.members.map(({ name }) => name), 'manifest.json'])
  for (const { name, bytes, sha256 } of manifest.members) {
    const content = files.get(name)!
    t.strictSame([content.length, createHash('sha256').update(content).digest('hex')], [bytes, sha256], name)
  }
  const expected =
    'nsdebuglog.log nsdebuglog.1.log nsdriver.log nsbranding.json nsconfig.json steerlab.json nscacert.pem nsusercert.pem labca.pem nsdiag-f.txt agent/status.json agent/flows.json agent/hostmap.json agent/pops.json system/addresses.json system/versions.json nspktdump.pcap nspktdump.1.pcap'
  for (const name of expected.split(' ')) t.ok(files.has(name), name)
  t.match(manifest, { format: 'steerlab-bundle', formatVersion: 1, steerlab: '9.9.9', agentRunning: true })
  const why = Object.fromEntries(manifest.leftOut.map((one) => [one.what.split('/').at(-1), one.why]))
  t.match(why, { 'broken.json': /no JSON/, 'both.pem': /private key/, 'manifest.json': /has another/ })
  const member = (wanted: string) => manifest.members.find(({ name }) => name === wanted)
  t.match(member('nspktdump.1.pcap'), { remarks: [/TLS secrets/], redactions: ['blocks of TLS secrets: 1'], bytes: 28 })
  t.match(member('nspktdump.pcap'), { remarks: [/still running/], redactions: [] })
  t.strictSame(steps.at(-1)?.name, manifest.members.at(-1)?.name)
  t.ok(steps.every(({ done }, i) => i === 0 || done > steps[i - 1]!.done))
})

void t.test('no planted secret is in it in any form', async (t) => {
  const target = join(t.testdir(), 'out.zip')
  await saveLogs({ ...bundleOptions(home, target), answers: { ...answers, details: `x ${planted['org key']}` } })
  const files = await unpacked(target)
  t.ok(files.size > 15)
  const all = Buffer.concat([...files.values(), readFileSync(target)])
  for (const [what, secret] of Object.entries(planted)) {
    const bytes = Buffer.from(secret)
    const forms = [bytes, ...(['base64', 'base64url', 'hex'] as const).map((form) => Buffer.from(bytes.toString(form)))]
    // The bytes themselves may be a key in base64.
    if (/^[A-Za-z0-9+/=\s]{100,}$/.test(secret)) forms.push(Buffer.from(secret, 'base64'))
    t.notOk(
      forms.some((form) => all.includes(form)),
      `${what}: ${secret.slice(0, 20)}`,
    )
  }
  t.ok(`${files.get('nsdebuglog.log')}`.includes('[redacted]'), 'the log had one')
})

void t.test('without an agent there are the files, and the manifest says so', async (t) => {
  const target = join(t.testdir(), 'out.zip')
  const { manifest } = await saveLogs(bundleOptions(home, target))
  t.equal(manifest.agentRunning, false)
  t.notOk(manifest.members.some(({ name }) => name.startsWith('agent/')))
  t.ok(manifest.leftOut.some(({ why }) => why === 'no agent is running'))
})

void t.test('an empty home gives a bundle that says what is missing', async (t) => {
  const directory = t.testdir()
  const { manifest } = await saveLogs(bundleOptions(join(directory, 'none'), join(directory, 'out.zip')))
  t.match(manifest.leftOut[0], { why: 'there is no nsdebuglog in it' })
})

void t.test('stopped it leaves nothing and keeps what was there', async (t) => {
  const directory = t.testdir({ 'out.zip': 'old' })
  const stop = new AbortController()
  const options = { ...bundleOptions(home, join(directory, 'out.zip')), signal: stop.signal }
  await t.rejects(saveLogs({ ...options, progress: () => stop.abort() }), { code: 'bundle-stopped', exitCode: 1 })
  await t.rejects(saveLogs(options), { code: 'bundle-stopped' }, 'a signal given before')
  t.strictSame(readdirSync(directory), ['out.zip'])
  t.equal(readFileSync(join(directory, 'out.zip'), 'utf8'), 'old')
})

void t.test('it never goes over what it is about', async (t) => {
  const log = join(home, 'stagent', 'logs', 'nsdebuglog.log')
  const before = readFileSync(log)
  await t.rejects(saveLogs(bundleOptions(home, log)), { code: 'bundle-unwritable', exitCode: 2 })
  t.ok(readFileSync(log).equals(before))
  await t.rejects(saveLogs(bundleOptions(home, join(t.testdir(), 'none', 'x.zip'))), { code: 'bundle-unwritable' })
})

void t.test('a file that may not be read is left out', async (t) => {
  // Where everybody may come.
  const open = mkdtempSync(join(tmpdir(), 'steerlab-home-'))
  t.teardown(() => rmSync(open, { recursive: true }))
  const logs = join(open, 'stagent', 'logs')
  mkdirSync(logs, { recursive: true })
  chmodSync(open, 0o777)
  const [log, locked] = [join(logs, 'nsdebuglog.log'), join(logs, 'locked.log')]
  for (const file of [log, locked]) writeFileSync(file, 'x\n')
  chmodSync(locked, 0)
  const { manifest } = await asNobody(() => saveLogs(bundleOptions(open, join(open, 'out.zip'))))
  t.equal(manifest.leftOut.find(({ what }) => what === locked)?.why, 'permission denied')
  t.notOk(
    manifest.leftOut.some(({ what }) => what === log),
    'its neighbour is not',
  )
})
