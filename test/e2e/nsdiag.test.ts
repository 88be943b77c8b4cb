/** nsdiag on a running lab: every option that tells or sets, against the documented text (client-behaviour 5.1). */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { defaultFiles } from '../../agent/config/default-files.js'
import { type TestLab, withHome, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const { 'nsbypass.json': pinned } = defaultFiles({ tenant: 'lab', user: 'user@lab.example', org: 'Lab' })
const { certPinnedAppList } = pinned as { certPinnedAppList: readonly object[] }
const BLOCKED = {
  action: 2,
  appName: '[opera]',
  app_domains: ['*'],
  mode: 'direct',
  processName: 'opera',
  tunnel_domains: [],
}

/** What `-f` says of a new lab; its version and gateway vary. */
const DETAILS = [
  'Orgname:: Lab.',
  'Tenant URL :: lab.goskope.com.',
  'AddonHost:: addon-lab.goskope.com.',
  'AddonCheckerHost:: achecker-lab.goskope.com.',
  /^Gateway:: gateway-[a-z0-9]+\.goskope\.com\.$/,
  /^Gateway IP:: \d+\.\d+\.\d+\.\d+\.$/,
  'Config:: Default tenant config.',
  'Steering Config:: Default tenant config.',
  'Email:: user@lab.example.',
  'Peruser config:: FALSE.',
  'Tunnel status:: NSTUNNEL_CONNECTED.',
  'Client status:: enable.',
  'Dynamic Steering:: FALSE.',
  'OnPremDetection:: Not Configured.',
  'Explicit Proxy:: false.',
  'Tunnel Protocol:: TLS.',
  'SNI Enable:: FALSE.',
  'Traffic Mode:: All Traffic.',
  /^Client version:: \d+\.\d+\.\d+\.$/,
]

async function details(lab: TestLab): Promise<string[]> {
  return (await lab.cli(['nsdiag', '-f'])).stdout.trimEnd().split('\n')
}

void t.test('what nsdiag tells', { timeout: 120_000 }, (t) =>
  withLab(
    t,
    async (lab) => {
      await waitUntil(async () => (await lab.status()).tunnel.state === 'connected', 20_000)
      t.match(await details(lab), DETAILS)
      const json = JSON.parse((await lab.cli(['nsdiag', '-f', '--json'])).stdout)
      t.match(json, { orgName: 'Lab', tunnelStatus: 'NSTUNNEL_CONNECTED', enabled: true, pop: /^[A-Z]{2}-/ })

      const says: readonly [args: string, code: number, stdout: RegExp | string][] = [
        ['nsdiag -n', 0, 'NPA status is Not Configured.\n'],
        ['nsdiag -v', 0, /^steerlab \d+\.\d+\.\d+\n$/],
        ['nsdiag -h', 0, /^steerlab nsdiag OPTION/],
        ['nsdiag --help', 0, /^steerlab nsdiag OPTION/],
        ['nsdiag -x chrome Google.Chrome.Helper', 0, 'Matched\n'],
        ['nsdiag -x ^chrome$ chromium', 1, 'Not matched\n'],
        ['nsdiag -m 20', 0, 'The log size is 20 MB.\n'],
        ['nsclient show-status', 0, 'Netskope Client enabled\n'],
        ['nsdiag show-status', 0, 'Netskope Client enabled\n'],
        ['nsclient show-pa', 0, 'NPA status is Not Configured.\n'],
        [
          'nsclient show-config',
          0,
          /^Gateway: .*\nOrganization: Lab\nGateway IP: [\d.]+, POP: [A-Z]{2}-\w+\nUser Email: /,
        ],
        ['nsclient show-blocked-event', 0, ''],
      ]
      for (const [args, code, stdout] of says)
        t.match(await lab.cli(args.split(' ')), { code, stdout, stderr: '' }, args)
      t.match(await lab.cli(['nsdiag', '-u']), { code: 2, stderr: /downloads from no tenant/ })
      t.match(await lab.cli(['enroll', '--check-every', '1h']), { code: 0 })
      for (const args of ['nsdiag -u', 'nsclient update-config'])
        t.match(
          await lab.cli(args.split(' ')),
          { code: 0, stdout: /^version .+ was in force already\n$/, stderr: '' },
          args,
        )

      // A program of a blocked app: curl by another name.
      await lab.shell(`cp "$(command -v curl)" ${lab.home}/opera`)
      t.not((await lab.run([`${lab.home}/opera`, '-s', '--max-time', '9', 'https://box.com/'])).code, 0)
      const { stdout } = await lab.cli(['nsclient', 'show-blocked-event'])
      t.match(stdout, /^App Name: \[opera\], Last Access Time: \w{3} \w{3} \d{1,2} \d\d:\d\d:\d\d \d{4}\n$/)
    },
    { files: { 'nsbypass.json': { ...pinned, certPinnedAppList: [BLOCKED, ...certPinnedAppList] } } },
  ),
)

void t.test('the log level is in force at once, and over other edits', { timeout: 120_000 }, (t) =>
  withLab(t, async (lab) => {
    const level = async (): Promise<string> => {
      const [line = ''] = (
        await lab.shell(`printf '{"method":"log"}\n' | timeout 5 ${askingSocket(lab)}`)
      ).stdout.split('\n')
      return JSON.parse(line).result.level
    }
    const config = join(lab.home, 'stagent', 'nsconfig.json')
    const edited = async (change: object): Promise<void> => {
      const { version } = (await lab.status()).configuration
      writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, 'utf8')), ...change }))
      await waitUntil(async () => (await lab.status()).configuration.version > version, 10_000)
    }
    t.match(await lab.cli(['nsdiag', '-l', 'error']), { code: 0, stdout: 'The log level is error.\n' })
    await lab.run(['curl', '-s', '-o', '/dev/null', 'https://box.com/'])
    t.strictSame(await lab.logLines('box.com'), [], 'nothing below it is written, without a restart')
    await edited({ mtu: '1400' })
    t.equal(await level(), 'error', 'kept over an edit of something else')
    t.match(await lab.cli(['nsclient', 'set-log-level', 'debug']), { code: 0 })
    await lab.run(['curl', '-s', '-o', '/dev/null', 'https://box.com/'])
    t.ok((await lab.logLines('Tunneling flow', 'host: box.com')).length > 0, 'and the other way')
    await edited({ logLevel: 'warning' })
    t.equal(await level(), 'warning', "the configuration's own word counts again")
  }),
)

/** A command that sends its input to the agent's socket and prints the first line of the answer. */
function askingSocket({ home }: TestLab): string {
  const script = `const s=net.connect('${home}/run/agent.sock');process.stdin.on('data',b=>s.write(b));s.once('data',b=>{process.stdout.write(b);process.exit()})`
  return `${process.execPath} -e "${script}"`
}

void t.test('timings and speed', { timeout: 120_000 }, (t) =>
  withLab(t, async (lab) => {
    const words = [
      'NameLookupTime',
      'ConnectTime',
      'AppConnectTime',
      'PretransferTime',
      'StarttransferTime',
      'TotalTime',
      'RedirectTime',
    ]
    const form = `^${words.map((word) => `${word}: [0-9.]+\\n`).join('')}DownloadSpeed: [0-9]+ bytes/sec\\n$`
    for (const url of ['https://box.com/whoami', 'https://zoom.us/whoami', 'box.com'])
      t.match(await lab.cli(['nsdiag', '-r', url]), { code: 0, stdout: new RegExp(form), stderr: '' }, url)
    const flows = await lab.flows()
    t.match(
      flows.at(-3),
      { door: 'socks5', facts: { host: 'box.com' }, verdict: { action: 'tunnel' } },
      'it went through the agent',
    )
    t.match(flows.at(-2), { door: 'socks5', facts: { host: 'zoom.us' }, verdict: { action: 'bypass' } })
    const timing = JSON.parse((await lab.cli(['nsdiag', '-r', 'https://box.com/', '--json'])).stdout)
    t.ok(
      timing.nameLookup > 0 && timing.appConnect > timing.connect && timing.total > timing.starttransfer,
      JSON.stringify(timing),
    )
    const unknown = await lab.cli(['nsdiag', '-r', 'https://nosuch.invalid/'])
    t.match(unknown, { code: 1, stdout: '', stderr: 'steerlab: the name nosuch.invalid has no address\n' })

    for (const [args, form] of [
      ['-g download -s 1mb', /^Download speed: [0-9.]+ Mbit\/s \(1 MB in [0-9.]+ seconds\)\n$/],
      ['-g upload -s 10mb', /^Upload speed: [0-9.]+ Mbit\/s \(10 MB in [0-9.]+ seconds\)\n$/],
    ] as const)
      t.match(await lab.cli(['nsdiag', ...args.split(' ')]), { code: 0, stdout: form }, args)
    const speed = JSON.parse((await lab.cli(['nsclient', 'start-speedtest', 'upload', '1mb', '--json'])).stdout)
    t.match(speed, { direction: 'upload', bytes: 1_048_576, ms: Number })
  }),
)

void t.test('without an agent: one sentence', (t) =>
  withHome(t, async ({ cli, home }) => {
    const missing = `steerlab: no agent is running for the home ${home}; start one with \`steerlab up\`\n`
    for (const args of [
      '-f',
      '-n',
      '-u',
      '-l info',
      '-m 5',
      '-c start',
      '-c stop',
      '-p stop',
      '-d start',
      '-r box.com',
      '-g upload -s 1mb',
      '-t disable',
      'show-status',
      'show-config',
      'show-blocked-event',
      'stop-pkt',
      'start-speedtest',
      'show-pa',
    ])
      t.match(await cli(['nsdiag', ...args.split(' ')]), { code: 1, stdout: '', stderr: missing }, args)
    for (const args of ['-v', '-h', '-x a a'])
      t.match(await cli(['nsdiag', ...args.split(' ')]), { code: 0, stderr: '' }, args)
    const wrong = await cli(['nsdiag', '-F'])
    t.match(wrong, {
      code: 2,
      stdout: '',
      stderr: /^steerlab: there is no option -F; -f is one, and case counts; .*\n$/,
    })
    t.match(await cli(['nsdiag', '-x', '(?=a)', 'a']), { code: 2, stderr: /is no process pattern/ })
    const completed = await cli(['--get-yargs-completions', 'steerlab', 'nsdiag', '-'])
    t.match(completed.stdout.split('\n'), { length: Number })
    t.ok(
      ['-f', '-g', '--keys'].every((option) => completed.stdout.split('\n').includes(option)),
      'options are completed',
    )
  }),
)
