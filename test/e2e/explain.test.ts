/** `steerlab explain` and `steerlab config lint`, from the shell, with nothing running. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { defaultTexts, writeTexts } from '../support/config-files.js'
import { lacking } from '../support/needs.js'
import { type TestHome, withHome, withLab } from '../support/steerlab.js'

const CLIENT = {
  'nssteering.json': '{\n  "traffic_mode": "web",\n  "domain_ports": {"box.com": [8443]}\n}\n',
  'nsexception.json': `{
  "names": [
    "zoom.us",
    "*.apple.com",
    "www.apple.com"
  ],
  "ips": [{"type": "ip", "value": "8.36.116.0/24"}]
}
`,
  'nsbypass.json': `{"certPinnedAppList": [
  {"action": 3, "appName": "[Corp]", "app_domains": ["*"], "mode": "direct", "processName": "corp.exe"},
  {"action": 1, "appName": "Zoom", "app_domains": ["zoom.us"], "mode": "tunnel", "processName": "Zoom.exe"},
  {"action": 1, "appName": "Wild", "app_domains": ["*.box.com"], "mode": "direct", "processName": "Box.exe"}
]}
`,
}

/** Runs `body` with a real client's directory, which lacks what explain can do without. */
function withClient(t: Test, body: (home: TestHome, directory: string) => Promise<void>): Promise<void> {
  return withHome(t, async (home) => {
    const directory = join(home.home, 'client')
    await writeTexts(directory, CLIENT)
    await body(home, directory)
  })
}

void t.test('verdict, rule with its line, the rules behind it, and the line of the log', (t) =>
  withClient(t, async (home, directory) => {
    const { code, stdout, stderr } = await home.cli(['explain', 'zoom.us', '--ip', '8.36.116.9', '--config', directory])
    t.equal(code, 0)
    t.match(stderr, `steerlab: nsconfig.json is not in ${directory}: that of a new home stands for it\n`)
    t.equal(
      stdout,
      `bypass exception-host: zoom.us (8.36.116.9), port 443/tcp, process unknown
  rule    nsexception.json:3 $.names[0]
  why     zoom.us is an exception (zoom.us).
  step    9 exception host
  where   off-prem, device unknown, country unknown, tunnel up

Later steps would have said:
  10 exception address: bypass exception-ip, nsexception.json:7 $.ips[0]
  17 steered: tunnel nsProxy, nssteering.json:2 $.traffic_mode

Near misses:
  nsbypass.json:3 $.certPinnedAppList[1]: The pinned app Zoom covers zoom.us for the process \`Zoom.exe\`, and not for an unknown one

Not asked:
  pinned apps: --process says whose flow it is

Log lines (windows-r114; samples: time, ids, source):
  2025/01/31 12:00:00.000 stAgentSvc p17fc t1cf0 info bypassAppMgr.cpp:731 BypassAppMgr bypassing flow to exception host: zoom.us, process: unknown, Dest IP: 8.36.116.9, Dest Port: 443
`,
    )
  }),
)

void t.test('as JSON, case by case', (t) =>
  withClient(t, async (home, directory) => {
    const cases: ReadonlyArray<readonly [sentence: string, args: readonly string[], expected: object]> = [
      [
        'the root a wildcard misses',
        ['apple.com'],
        { verdict: { action: 'tunnel' }, nearMisses: [{ rule: { line: 4 } }, { rule: { line: 5 } }] },
      ],
      [
        'other entries of the list',
        ['www.apple.com'],
        { verdict: { rule: { path: '$.names[2]', line: 5 } }, alsoListed: [{ rule: { path: '$.names[1]', line: 4 } }] },
      ],
      [
        'an address, and its port',
        ['8.36.116.9:8080'],
        { flow: { host: '', destination: { ip: '8.36.116.9', port: 8080 } }, verdict: { kind: 'exception-ip' } },
      ],
      [
        'a pinned app in tunnel mode has two lines',
        ['zoom.us', '--process', 'zoom.exe'],
        { verdict: { exempt: 'pinned' }, log: { lines: [/by tunneling from process: zoom\.exe/, /to nsProxy$/] } },
      ],
      [
        'the device is asked for',
        ['box.com', '--process', 'corp.exe', '--managed'],
        { verdict: { action: 'bypass', device: 'managed' }, log: { lines: { length: 3 } } },
      ],
      [
        'the tunnel is down',
        ['box.com', '--tunnel-down'],
        { verdict: { kind: 'fail-open' }, winner: { name: 'steered' } },
      ],
      [
        'a port that is not web',
        ['box.com:9443'],
        { verdict: { kind: 'not-steered' }, nearMisses: { 0: { rule: { line: 3 } } } },
      ],
      [
        'DNS',
        ['box.com', '--dns-type', 'aaaa'],
        { flow: { query: { name: 'box.com', type: 'AAAA' } }, winner: { name: 'DNS' } },
      ],
      [
        'another profile',
        ['box.com', '--profile', 'macos-r126'],
        { log: { profile: 'macos-r126', lines: [/ stAgentNE /] } },
      ],
    ]
    for (const [sentence, args, expected] of cases) {
      const { code, stdout } = await home.cli(['explain', ...args, '--config', directory, '--json'])
      t.equal(code, 0)
      t.match(JSON.parse(stdout), expected, sentence)
    }
  }),
)

void t.test('a kind without a public line says so', (t) =>
  withClient(t, async (home, directory) => {
    const { stdout } = await home.cli(['explain', 'box.com:22', '--config', directory])
    t.match(stdout, /\nLog lines: \(no line is public for this kind\)\n$/)
  }),
)

void t.test("without --config it is the home's files, or those of a new home", (t) =>
  withHome(t, async (home) => {
    const fresh = await home.cli(['explain', 'zoom.us'])
    t.match(fresh, { code: 0, stdout: /^bypass exception-host: zoom\.us/, stderr: /those of a new home are taken\n$/ })
    await writeTexts(join(home.home, 'stagent'), { ...defaultTexts(), 'nsexception.json': '{"names": [], "ips": []}' })
    t.match(await home.cli(['explain', 'zoom.us']), { code: 0, stdout: /^tunnel nsProxy: zoom\.us/, stderr: '' })
  }),
)

void t.test(
  'it says the line that the agent writes, with the address the agent has learnt',
  { skip: lacking('curl') },
  (t) =>
    withLab(t, async (lab) => {
      await lab.run(['curl', '-s', 'https://box.com/whoami'])
      const [written = ''] = await lab.logLines('Tunneling flow', 'box.com')
      const { stdout, stderr } = await lab.cli(['explain', 'box.com', '--process', 'curl', '--json'])
      t.equal(stderr, '')
      const [line = ''] = JSON.parse(stdout).log.lines as string[]
      const constant = (text: string) =>
        text
          .replace(/^\S+ \S+/, 'TIME')
          .replace(/ p\w+ t\w+ /, ' IDS ')
          .replace(/sessId \d+/, 'SESSION')
          .replace(/addr: [\d.]+:\d+/, 'SOURCE')
      t.match(line, 'process: curl to host: box.com')
      t.equal(constant(line), constant(written))
    }),
)

void t.test('a mistake is one sentence', (t) =>
  withClient(t, async (home, directory) => {
    for (const [args, sentence] of [
      [['zoom us'], /"zoom us" is no HOST, IP, HOST:PORT, IP:PORT or \[IPv6\]:PORT/],
      [['zoom.us', '--profile', 'none'], /"none" is neither a profile nor a file/],
      [['zoom.us', '--proto', 'icmp'], /Invalid values/],
    ] as const) {
      const { code, stdout, stderr } = await home.cli(['explain', ...args, '--config', directory])
      t.match({ code, stdout }, { code: 2, stdout: '' }, args.join(' '))
      t.match(stderr, sentence)
    }
    t.match(await home.cli(['explain', 'zoom.us', '--config', join(directory, 'absent')]), { code: 2 })
  }),
)

void t.test('config lint: each finding with its place, and 1 for a warning', (t) =>
  withClient(t, async (home, directory) => {
    const { code, stdout } = await home.cli(['config', 'lint', '--config', directory])
    t.equal(code, 1)
    t.equal(
      stdout,
      `nsexception.json:4: hint: $.names[1]: \`*.apple.com\` does not cover apple.com itself, and nothing else in the list does
nsexception.json:5: warning: $.names[2]: \`www.apple.com\` makes no difference: \`*.apple.com\` ($.names[1]) covers it
nsbypass.json:4: warning: $.certPinnedAppList[2]: \`*.box.com\` never matches here: \`box.com\` would, with all below it
${directory}: 2 warnings, 1 hint
`,
    )
  }),
)

void t.test('config lint: a new home has no warning', (t) =>
  withHome(t, async (home) => {
    const { code, stdout } = await home.cli(['config', 'lint', '--json'])
    t.equal(code, 0)
    for (const finding of JSON.parse(stdout)) t.match(finding, { severity: 'hint', kind: 'root-missed' })
  }),
)

void t.test('config lint: what no log shows', (t) =>
  withClient(t, async (home, directory) => {
    const log = join(home.home, 'seen.log')
    const explained = await home.cli(['explain', 'zoom.us', '--process', 'curl', '--config', directory, '--json'])
    await writeFile(log, `${JSON.parse(explained.stdout).log.lines.join('\n')}\n`)
    const other = await home.cli([
      'explain',
      '8.36.116.9',
      '--process',
      'corp.exe',
      '--managed',
      '--config',
      directory,
      '--json',
    ])
    const second = join(home.home, 'other.log')
    await writeFile(second, `${JSON.parse(other.stdout).log.lines.join('\n')}\n`)
    const { stdout } = await home.cli([
      'config',
      'lint',
      '--config',
      directory,
      '--json',
      '--log',
      log,
      '--log',
      second,
    ])
    const unseen = JSON.parse(stdout).filter(({ kind }: { kind: string }) => kind === 'unseen')
    t.strictSame(
      unseen.map(({ path }: { path: string }) => path),
      ['$.names[1]', '$.names[2]', '$.ips[0]', '$.certPinnedAppList[1]', '$.certPinnedAppList[2]'],
    )
    await writeFile(log, 'this is no log\n')
    t.match(await home.cli(['config', 'lint', '--config', directory, '--log', log]), {
      code: 2,
      stderr: /is one of an nsdebuglog/,
    })
  }),
)

void t.test('config lint: 50,000 domains, all of the answer, in time', (t) =>
  withHome(t, async (home) => {
    const directory = join(home.home, 'client')
    const names = Array.from({ length: 50_000 }, (_, index) => `*.h${index}.example`)
    await writeTexts(directory, { ...CLIENT, 'nsexception.json': JSON.stringify({ names, ips: [] }) })
    const began = Date.now()
    const { stdout } = await home.cli(['config', 'lint', '--config', directory, '--json'])
    t.ok(Date.now() - began < 5000, `${Date.now() - began} ms, and under 2 s on a machine that is not shared`)
    t.equal(JSON.parse(stdout).length, 50_001)
  }),
)
