/**
 * A parser that was not written here reads our logs and finds what is true of them: the expressions of the public script
 * always, and the script itself where STEERLAB_PUBLIC_PARSER names it (it has no licence, so it is not part of this).
 */

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { PROFILES } from '../../agent/log/profiles.js'
import { SCENARIOS } from '../../agent/synth/scenarios.js'
import type { TruthLine } from '../../agent/synth/truth.js'
import { type GeneratedLog, generatedLog } from '../support/generated-log.js'
import { lacking } from '../support/needs.js'
import { foundByExpressions, list, noSections, readOutput, type Sections } from '../support/public-parser.js'
import { withLab } from '../support/steerlab.js'

const SCRIPT = process.env['STEERLAB_PUBLIC_PARSER']

/** What the parser should list, from the truth alone. */
function expected(truth: readonly TruthLine[]): Sections {
  const sections = noSections()
  for (const { event, fields } of truth) {
    const program = String(fields['process'])
    const host = String(fields['host'])
    const { ip, port } = (fields['destination'] ?? fields) as { ip: string; port: number }
    if (event === 'bypass-private-ip') list(sections, 'private', program, `${ip}:${port}`)
    if (event === 'bypass-pinned') list(sections, 'pinned', program, host)
    if (event === 'bypass-pinned-tunnel') list(sections, 'tunneled', program, host)
    if (event === 'bypass-exception-host') list(sections, 'domain', program, `${host} (${ip}:${port})`)
    if (event !== 'flow-tunneled') continue
    if (fields['via'] === 'nsProxy') list(sections, 'web', program, host || ip)
    // Its expression for the firewall's flows knows IPv4 only, and takes the first group of an IPv6 address for one.
    else list(sections, 'other', program, isIPv4(ip) ? (host ? `${host}:${port} (${ip})` : `${ip}:${port}`) : `${host}`)
  }
  return sections
}

/** In an order that can be compared; entries of IPv6 flows to the firewall left out. */
function comparable(sections: Sections): unknown {
  return Object.entries(sections).map(([section, processes]) => [
    section,
    [...processes]
      .map(([program, entries]) => [
        program,
        [...entries].filter((entry) => section !== 'other' || /(^|\()\d+\.\d+\.\d+\.\d+/.test(entry)).sort(),
      ])
      .filter(([, entries]) => entries!.length > 0)
      .sort(),
  ])
}

const LOGS: readonly (readonly [string, GeneratedLog])[] = (
  ['windows-r114', 'macos-r126', 'linux-r140'] as const
).flatMap((profile) =>
  ['normal-day', 'pinned-app-storm', 'exception-misconfigured', 'dns-blind', 'data-exfil'].map(
    (scenario) =>
      [
        `${profile} ${scenario}`,
        generatedLog(PROFILES[profile], SCENARIOS.get(scenario)!, { amount: { lines: 20_000 } }),
      ] as const,
  ),
)

void t.test("the public parser's expressions find what the truth says", async (t) => {
  for (const [name, { text, truth }] of LOGS) {
    const found = foundByExpressions(text)
    t.strictSame(comparable(found), comparable(expected(truth)), name)
    if (name.endsWith('pinned-app-storm'))
      for (const section of ['web', 'tunneled'] as const) t.ok(found[section].size > 0)
  }
})

// Not a skipped test where the script is absent: there it is no part of what is tested.
if (SCRIPT !== undefined)
  void t.test('the public parser itself does', async (t) => {
    const path = join(t.testdir(), 'nsdebuglog.log')
    for (const [name, { text, truth }] of LOGS) {
      writeFileSync(path, text)
      const output = execFileSync('python3', [SCRIPT, path], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
      t.strictSame(comparable(readOutput(output)), comparable(expected(truth)), name)
    }
  })

void t.test('the log of a running agent too', { skip: lacking('capture', 'curl') }, (t) =>
  withLab(t, async (lab) => {
    const hosts = [
      'https://box.com/',
      'https://zoom.us/',
      'http://example.com:8080/',
      'https://github.com/',
      'http://10.1.2.3/',
    ]
    for (const url of hosts) await lab.run(['curl', '-s', '-o', '/dev/null', '--max-time', '10', url])
    const sections = noSections()
    for (const { facts, verdict } of await lab.flows()) {
      const { process: program, host, destination } = facts
      const { ip, port } = destination
      if (verdict.action === 'tunnel' && verdict.via === 'nsProxy') list(sections, 'web', program, host || ip)
      else if (verdict.action === 'tunnel')
        list(sections, 'other', program, host ? `${host}:${port} (${ip})` : `${ip}:${port}`)
      else if (verdict.kind === 'exception-host') list(sections, 'domain', program, `${host} (${ip}:${port})`)
      else if (verdict.kind === 'private-ip') list(sections, 'private', program, `${ip}:${port}`)
      else if (verdict.kind === 'pinned') list(sections, 'pinned', program, host)
    }
    const path = join(lab.home, 'stagent', 'logs', 'nsdebuglog.log')
    const found = foundByExpressions(readFileSync(path, 'utf8'))
    t.strictSame(comparable(found), comparable(sections))
    for (const section of ['web', 'other', 'domain', 'private'] as const) t.ok(found[section].size > 0, section)
    if (SCRIPT !== undefined)
      t.strictSame(
        comparable(readOutput(execFileSync('python3', [SCRIPT, path], { encoding: 'utf8' }))),
        comparable(sections),
      )
  }),
)
