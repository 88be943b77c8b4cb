/** `steerlab whatif` as its user has it. */

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { WhatIf } from '../../agent/log/replay/what-if.js'
import { defaultTexts, writeTexts } from '../support/config-files.js'
import { runGenerate } from '../support/generate-command.js'
import { GOLDEN_LINES } from '../support/log-lines.js'
import { CLI, type Ended, environment, type StartOptions, startProgram } from '../support/steerlab.js'
import { zipOf } from '../support/zip.js'

function whatif(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return startProgram([process.execPath, CLI, 'whatif', ...args], { env: environment(''), ...options }).ended
}

const TEXTS = defaultTexts()

/** A directory with the client's files, the exceptions as they are given. */
async function directory(t: Test, name: string, names?: readonly string[]): Promise<string> {
  const path = join(t.testdirName, name)
  const exceptions = names && { ...JSON.parse(TEXTS['nsexception.json']), names }
  await writeTexts(path, { ...TEXTS, ...(exceptions && { 'nsexception.json': JSON.stringify(exceptions) }) })
  return path
}

void t.test('a generated log, its own configuration and another', async (t) => {
  t.testdir()
  const old = await directory(t, 'old', ['*.office.com'])
  const changed = await directory(t, 'new', ['*.google.com'])
  const out = join(t.testdirName, 'logs')
  await runGenerate(['--config', old, '--lines', '4000', '--out', out])
  const log = join(out, 'nsdebuglog.log')

  const same = await whatif(['--log', log, '--config', old, '--old', old, '--json'])
  const nothing = JSON.parse(same.stdout) as WhatIf
  t.match({ ...same, stdout: '' }, { code: 0, stderr: '' })
  t.match(nothing, { comparedWith: 'configuration', totals: { changed: 0, otherRule: 0, disagreeing: 0, omitted: 0 } })
  t.ok(nothing.totals.flows > 2000)

  const differs = await whatif(['--log', log, '--config', changed, '--old', old, '--json'])
  t.equal(differs.code, 1)
  const answer = JSON.parse(differs.stdout) as WhatIf
  t.strictSame(
    [...new Set(answer.changes.map(({ after }) => after.rule.text))].sort(),
    ['*.google.com', 'all'],
    'one exception came, one went',
  )
  t.match(answer.changes[0], { first: /^2026-11-02T\d\d:\d\d:\d\d\.\d+$/, before: { rule: { file: /json$/ } } })
  t.equal(
    answer.totals.changed,
    answer.changes.reduce((sum, { count }) => sum + count, 0),
  )
  const shown = await whatif(['--log', log, '--config', changed, '--limit', '3'])
  t.equal(shown.code, 1)
  t.match(
    shown.stdout,
    /before +what the log says\n(.|\n)*tunnel nsProxy -> bypass exception-host\n(.|\n)*\.\.\. and \d+ more/,
  )

  const stale = JSON.parse((await whatif(['--log', log, '--config', old, '--old', changed, '--json'])).stdout) as WhatIf
  t.equal(stale.totals.disagreeing, answer.totals.changed, 'the log is not of that configuration')
})

void t.test('a bundle brings its own configuration', async (t) => {
  t.testdir()
  const log = Buffer.from(GOLDEN_LINES.join('\r\n'))
  const files = {
    'nsconfig.json': TEXTS['nsconfig.json'],
    'nssteering.json': TEXTS['nssteering.json'],
    'nsexception.json': '{"names":["zoom.us"],"ips":[]}',
  }
  const entries = [
    { name: 'Logs/nsdebuglog.log', content: log },
    ...Object.entries(files).map(([name, text]) => ({ name, content: Buffer.from(text) })),
  ]
  const bundle = join(t.testdirName, 'bundle.zip')
  await writeFile(bundle, zipOf(entries))
  const { code, stdout, stderr } = await whatif(['--log', bundle, '--config', await directory(t, 'new'), '--json'])
  t.match({ code, stderr }, { code: 0, stderr: '' })
  const answer = JSON.parse(stdout) as WhatIf & { before: string }
  t.match(answer, { before: bundle, totals: { flows: 7, changed: 0, disagreeing: 4 } })
  t.strictSame(
    answer.disagreements.map(({ logged }) => logged).sort(),
    ['blocked-pinned', 'pinned-direct', 'pinned-tunnel', 'pinned-tunnel'],
    'whose pinned apps are not in it',
  )
})

void t.test('logs from anywhere, as many as there are', async (t) => {
  t.testdir()
  const config = await directory(t, 'new')
  const [log, other] = [join(t.testdirName, 'a.log'), join(t.testdirName, 'b.log')]
  for (const path of [log, other]) await writeFile(path, GOLDEN_LINES.join('\n'))
  const flowsOf = async (args: readonly string[], options?: StartOptions) => {
    const { stdout, stderr } = await whatif([...args, '--json'], options)
    return stderr || (JSON.parse(stdout) as WhatIf).totals.flows
  }
  const input = await readFile(log)
  t.equal(await flowsOf(['--log', log, other, '--config', config]), 14)
  t.equal(await flowsOf(['--log', log, '--log', other, '--config', config]), 14)
  t.equal(await flowsOf(['--config', config, log, other]), 14)
  t.equal(await flowsOf(['--log', '-', '--config', config], { input }), 7)
  t.equal(await flowsOf(['--log', '-', '--log', other, '--config', '/nowhere', '--config', config], { input }), 14)
})

void t.test('the endpoint can be said to be on-prem, or managed', async (t) => {
  t.testdir()
  const config = await directory(t, 'new')
  const steering = { traffic_mode: 'all', dynamic_steering: 1, on_prem: { traffic_mode: 'web' } }
  const app = { action: 3, appName: 'App', app_domains: ['*'], mode: 'direct', processName: 'curl' }
  await writeTexts(config, {
    'nssteering.json': JSON.stringify(steering),
    'nsbypass.json': JSON.stringify({ certPinnedAppList: [app] }),
  })
  const line = (process: string, port: number) =>
    `2026/11/02 08:00:00.000 stAgentSvc p1 t1 info tunnel.cpp:878 nsTunnel TLS [sessId 1] Tunneling flow from addr: 10.0.0.1:5, process: ${process} to host: x.example, addr: 192.0.2.1:${port} to ${port === 22 ? 'app-fw' : 'nsProxy'}\r\n`
  const log = join(t.testdirName, 'a.log')
  await writeFile(log, line('ssh', 22) + line('curl', 443))
  const actions = async (...flags: string[]) => {
    const { stdout } = await whatif(['--log', log, '--config', config, '--json', ...flags])
    return (JSON.parse(stdout) as WhatIf).changes
      .map(({ process, after }) => `${process} ${after.outcome.action}`)
      .sort()
  }
  t.strictSame(await actions(), ['curl block'])
  t.strictSame(await actions('--managed'), ['curl bypass'])
  t.strictSame(await actions('--no-managed', '--on-prem'), ['curl block', 'ssh bypass'])
})

void t.test('mistakes get one sentence and exit code 2', async (t) => {
  t.testdir()
  const config = await directory(t, 'new')
  const log = join(t.testdirName, 'a.log')
  await writeFile(log, GOLDEN_LINES.join('\n'))
  const noLog = join(t.testdirName, 'no.log')
  await writeFile(noLog, 'hello\n')
  await mkdir(join(t.testdirName, 'empty'))
  for (const [args, sentence] of [
    [['--config', config], /Which log\?/],
    [['--log', log], /Missing required argument: config/],
    [['--log', log, '--config', join(t.testdirName, 'empty')], /there is none of the client's files in /],
    [['--log', log, '--config', config, '--old', '/nowhere'], /there is no directory \/nowhere/],
    [['--log', '/nowhere.log', '--config', config], /there is no \/nowhere\.log/],
    [['--log', noLog, '--config', config], /is one of an nsdebuglog/],
    [['--log', log, '--config', config, '--limit', '0'], /--limit is a whole number from 1/],
    [['--log', log, '--config', config, '--limt', '1'], /Unknown argument: limt/],
  ] as const) {
    const { code, stdout, stderr } = await whatif(args)
    t.match({ code, stdout, stderr }, { code: 2, stdout: '', stderr: sentence }, args.slice(2).join(' '))
  }
})
