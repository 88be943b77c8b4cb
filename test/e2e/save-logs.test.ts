/** Save Logs of an agent at work, as other programs read it. */

import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ControlClient } from '../../agent/control/control-client.js'
import { saveLogs } from '../../agent/diag/bundle/save-logs.js'
import { parseRecord } from '../../agent/log/record.js'
import { bundleOptions, linesIn, unpacked } from '../support/bundle-home.js'
import { lacking } from '../support/needs.js'
import { runProgram } from '../support/run-program.js'
import { withHome, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

void t.test('of an agent at work', { skip: lacking('capture', 'curl', 'unzip', 'python3') }, (t) =>
  withLab(t, async ({ home, cli, run, status }) => {
    const loads = Array.from({ length: 3 }, () =>
      run(['curl', '-s', 'https://box.com/whoami', 'https://zoom.us/whoami']),
    )
    await Promise.all(loads)
    const client = (await ControlClient.open(join(home, 'run', 'agent.sock')))!
    const answers = {
      status: await client.ask('status'),
      flows: await client.ask('flows'),
      map: await client.ask('map'),
    }
    client.close()
    const target = join(t.testdir(), 'bundle.zip')
    const load = run([
      'curl',
      '-sS',
      '--http1.1',
      '--parallel',
      '--parallel-max',
      '40',
      'https://box.com/whoami?[1-200]',
    ])
    await waitUntil(async () => (await status()).flows.tunneled > 0, 20_000)
    const { manifest } = await saveLogs({ ...bundleOptions(home, target), answers })
    const { code, stdout } = await load
    t.strictSame([code, stdout.split('"sni":"box.com"').length], [0, 201], 'no flow was disturbed')
    const names = manifest.members.map(({ name }) => name)
    for (const name of ['nsdebuglog.log', 'nsconfig.json', 'nsusercert.pem', 'labca.pem', 'agent/flows.json'])
      t.ok(names.includes(name), name)
    t.equal((await runProgram('unzip', ['-t', target])).code, 0, 'unzip')
    t.equal((await runProgram('python3', ['-m', 'zipfile', '-t', target])).stdout.trim(), 'Done testing', 'python')
    const report = await cli(['logs', 'report', target, '--json'])
    t.equal(report.code, 0, report.stderr)
    t.match(JSON.parse(report.stdout).lines, { unreadable: 0, unrecognised: 0 })
    t.match(report.stdout, /box\.com/)
    const lines = linesIn(await unpacked(target))
    t.ok(lines.length > 10)
    t.ok(
      lines.every((line) => line.endsWith('\n') && 'record' in parseRecord(line)),
      'whole lines',
    )
    t.equal((await status()).tunnel.state, 'connected', 'the agent goes on')
  }),
)

const isRoot = process.getuid?.() === 0

void t.test('what another user may not read is not said to be missing', { skip: !isRoot && 'needs root' }, (t) =>
  withHome(t, async ({ home, cli }) => {
    const logs = join(home, 'stagent', 'logs')
    mkdirSync(logs, { recursive: true })
    writeFileSync(join(logs, 'nsdebuglog.log'), 'line\n')
    chmodSync(home, 0o755)
    chmodSync(logs, 0o700)
    const target = join(t.testdir({ out: {} }), 'out')
    chmodSync(target, 0o777)
    const stranger = ['setpriv', '--reuid=65534', '--clear-groups']
    const saved = await cli(['nsdiag', '-o', join(target, 'x.zip')], { under: stranger })
    t.match(saved, { code: 1, stderr: /no agent is running/ })
    const { leftOut } = JSON.parse(`${(await unpacked(join(target, 'x.zip'))).get('manifest.json')}`)
    t.strictSame(
      leftOut.filter(({ what }: { what: string }) => what.startsWith(logs)),
      [{ what: logs, why: 'permission denied' }],
    )
  }),
)

void t.test('Ctrl-C in the middle: nothing of it is left, and what was there stays', (t) =>
  withHome(t, async ({ home, start }) => {
    const logs = join(home, 'stagent', 'logs')
    mkdirSync(logs, { recursive: true })
    const noise = `${randomBytes(500_000).toString('hex')}\n`
    for (let i = 0; i < 60; i++) writeFileSync(join(logs, 'nsdebuglog.log'), noise, { flag: 'a' })
    writeFileSync(join(logs, 'x.zip'), 'old')
    const saving = start(['nsdiag', '-o', 'x.zip'])
    await waitUntil(() => partsIn(logs).some((part) => statSync(part, { throwIfNoEntry: false })?.size), 20_000)
    saving.child.kill('SIGINT')
    const { code, stderr } = await saving.ended
    t.not(code, 0)
    t.match(stderr, /saving .*x\.zip was stopped/)
    t.strictSame(partsIn(logs), [])
    t.equal(readFileSync(join(logs, 'x.zip'), 'utf8'), 'old')
  }),
)

function partsIn(directory: string): readonly string[] {
  const names = readdirSync(directory).filter((name) => name.includes('.part-'))
  return names.map((name) => join(directory, name))
}
