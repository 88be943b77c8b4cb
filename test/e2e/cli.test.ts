/** The command line itself: help, version, completion, mistakes, and what is asked of an agent. */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { lacking } from '../support/needs.js'
import { CLI, withHome, withLab } from '../support/steerlab.js'

const COMMANDS = [
  'up',
  'run',
  'browse',
  'status',
  'map',
  'flows',
  'explain',
  'whatif',
  'config',
  'enroll',
  'tenant',
  'completion',
]

void t.test('help shows examples, for the whole and for each command', (t) =>
  withHome(t, async (home) => {
    const { code, stdout, stderr } = await home.cli(['--help'])
    t.match({ code, stderr }, { code: 0, stderr: '' })
    for (const command of COMMANDS) t.match(stdout, new RegExp(`^  steerlab ${command}\\b`, 'm'), command)
    t.match(stdout, /Examples:\n +steerlab up --lab .*\n +steerlab run --lab -- curl -s https:\/\/box\.com\/whoami/)
    for (const command of COMMANDS.slice(0, -1)) {
      const help = await home.cli([command, '--help'])
      t.match(help, { code: 0, stderr: '', stdout: /Options:(.|\n)*--home(.|\n)*Examples:\n +steerlab / }, command)
      t.ok(
        help.stdout.split('\n').every((line) => line.length <= 110),
        'in lines that fit a terminal',
      )
    }
  }),
)

void t.test('the version is that of the package', (t) =>
  withHome(t, async (home) => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
    t.match(await home.cli(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' })
  }),
)

void t.test('completion', { skip: lacking('bash') }, (t) =>
  withHome(t, async (home) => {
    const { code, stdout } = await home.cli(['completion'])
    t.equal(code, 0)
    t.match(
      await home.shell(`bash -n <<'SCRIPT'\n${stdout}\nSCRIPT`),
      { code: 0, stderr: '' },
      'a script bash can read',
    )
    t.match(stdout, /complete .* steerlab\n/, 'for the command')
    const completed = (await home.cli(['--get-yargs-completions', 'steerlab', ''])).stdout
    for (const command of COMMANDS) t.match(completed, new RegExp(`^${command}(:.*)?$`, 'm'), command)
  }),
)

void t.test('a mistake gets one sentence and exit code 2', (t) =>
  withHome(t, async (home) => {
    for (const [args, sentence] of [
      [[], 'Which command? `steerlab --help` lists them.'],
      [['frobnicate'], 'Unknown command: frobnicate; `steerlab --help` lists what there is'],
      [['statsu'], 'Did you mean status?'],
      [['status', '--jsn'], 'Unknown argument: jsn; `steerlab --help` lists what there is'],
      [['run'], 'run needs a program: steerlab run -- CMD ...'],
      [['run', '--lab', '--'], 'run needs a program: steerlab run -- CMD ...'],
      [
        ['run', 'curl', 'https://box.com'],
        /^Unknown commands?: curl.*; the program goes behind --: steerlab run -- CMD/,
      ],
      [['run', 'curl', '-s'], /; the program goes behind --: steerlab run -- CMD \.\.\.$/],
      [['up', '--proxy-port', 'abc'], 'a port is a number from 0 to 65535, and not "abc"'],
      [['up', '--dns-port', '65536'], 'a port is a number from 0 to 65535, and not "65536"'],
      [['up', '--socks-port'], 'Not enough arguments following: socks-port'],
      [['status', '--home'], 'Not enough arguments following: home'],
      [['up', '--home', '/proc/nope'], 'the home /proc/nope cannot be used (ENOENT)'],
      [['up', '--home', '/proc/nope/deeper'], 'the home /proc/nope/deeper cannot be used (ENOENT)'],
      [['up', '--home', '/dev/null/x'], 'the home /dev/null/x cannot be used (ENOTDIR)'],
      [['run', '--home', '/proc/nope', '--', 'true'], 'the home /proc/nope cannot be used (ENOENT)'],
    ] as const) {
      const { code, stdout, stderr } = await home.cli(args)
      t.match({ code, stdout }, { code: 2, stdout: '' }, `steerlab ${args.join(' ')}`)
      t.match(stderr, /^steerlab: [^\n]+\n$/, 'one line')
      const said = stderr.slice('steerlab: '.length).trim()
      if (typeof sentence === 'string') t.equal(said, sentence)
      else t.match(said, sentence)
    }
    t.match(
      await home.cli(['up', '--profile', 'x']),
      { code: 2, stderr: /"x" is neither a profile nor a file; .*windows-r114/ },
      'names what is allowed',
    )
  }),
)

void t.test('output that is lost is told, but not where its reader has left', (t) =>
  withHome(t, async ({ home, shell }) => {
    for (const args of ['--help', '--version', 'status --help', 'nsdiag -h', 'nsdiag -x a a', 'nsdiag -x a b'])
      t.match(
        await shell(`${process.execPath} ${CLI} --home ${home} ${args} >/dev/full`),
        { code: 1, stderr: /^steerlab: the output cannot be written: ENOSPC: no space left on device, write\n$/ },
        args,
      )
    const report = await shell(`${process.execPath} ${CLI} logs catalogue --json >/dev/full`)
    t.match(report, { code: 1, stderr: /^steerlab: [^\n]*ENOSPC[^\n]*\n$/ }, 'a long one')
    t.match(await shell(`${process.execPath} ${CLI} nsdiag -F >/dev/full`), {
      code: 2,
      stderr: /^steerlab: there is no/,
    })
    for (const args of ['--help', 'logs catalogue --json', 'nsdiag -h'])
      t.match(await shell(`${process.execPath} ${CLI} ${args} | true; echo $?`), { code: 0, stdout: '0\n', stderr: '' })
  }),
)

void t.test('what is asked of an agent that is not there', (t) =>
  withHome(t, async (home) => {
    for (const command of ['status', 'map', 'flows'])
      for (const args of [[command], [command, '--json']])
        t.strictSame(
          await home.cli(args),
          {
            code: 1,
            stdout: '',
            stderr: `steerlab: no agent is running for the home ${home.home}; start one with \`steerlab up\`\n`,
          },
          args.join(' '),
        )
  }),
)

void t.test('status, map and flows, for people and for programs', { skip: lacking('capture', 'curl') }, (t) =>
  withLab(t, async (lab) => {
    await lab.run(['curl', '-4sS', '-o', '/dev/null', 'https://box.com/', 'https://zoom.us/'])
    const json = async (command: string): Promise<unknown> => {
      const { code, stdout, stderr } = await lab.cli([command, '--json'])
      t.match({ code, stderr }, { code: 0, stderr: '' }, `${command} --json`)
      return JSON.parse(stdout)
    }
    const text = async (command: string): Promise<string> => (await lab.cli([command])).stdout

    t.match(await json('status'), {
      pid: lab.up.pid,
      tunnel: { state: 'connected', gateway: 'gateway-ord1.goskope.com', pop: 'US-ORD1', sessionId: 1 },
      capture: { available: true, connections: 0 },
      flows: { tunneled: 1, bypassed: 1, blocked: 0 },
      leases: 0,
    })
    t.match(
      await text('status'),
      /^agent +steerlab .*\ntunnel +connected over TLS to gateway-ord1(.|\n)*\nlog +\/.* \(windows-r114\), level info\n$/,
    )
    t.match(await text('status'), /^flows +1 tunnelled, 1 bypassed, 0 blocked$/m)
    for (const command of ['status', 'nsdiag -f'])
      t.match(
        await lab.shell(`${process.execPath} ${CLI} --home ${lab.home} ${command} >/dev/full`),
        { code: 1, stderr: /^steerlab: the output cannot be written: ENOSPC[^\n]*\n$/ },
        command,
      )

    const flows = (await json('flows')) as { facts: object; verdict: object; door: string }[]
    t.match(flows, [
      { facts: { host: 'box.com', process: 'curl' }, verdict: { action: 'tunnel', via: 'nsProxy' }, door: 'namespace' },
      {
        facts: { host: 'zoom.us' },
        verdict: { action: 'bypass', rule: { file: 'nsexception.json', path: '$.names[0]' } },
      },
    ])
    t.equal(flows.length, 2)
    const rows = (await text('flows')).trimEnd().split('\n')
    t.match(rows, [
      /^TIME +PROCESS +HOST +DESTINATION +VERDICT +RULE$/,
      /Z +curl +box\.com +74\.112\.186\.144 443\/tcp +tunnel nsProxy +nssteering\.json \$\.traffic_mode$/,
      /Z +curl +zoom\.us +170\.114\.52\.2 443\/tcp +bypass exception-host +nsexception\.json \$\.names\[0\]$/,
    ])

    const map = (await json('map')) as { host: string; ip: string }[]
    t.ok(map.some(({ host, ip }) => host === 'box.com' && ip === '74.112.186.144'))
    t.match(await text('map'), /^box\.com +74\.112\.186\.144 +\S+Z +A box\.com +\d+ s$/m)
  }),
)

void t.test('the home may come from the environment', (t) =>
  withHome(t, async (home) => {
    const cli = (env: Record<string, string>) => home.shell(`${asEnv(env)} ${process.execPath} ${CLI} status`)
    for (const [env, expected] of [
      [{ STEERLAB_HOME: '/a/b' }, '/a/b'],
      [{ XDG_STATE_HOME: '/x', HOME: '/h' }, '/x/steerlab'],
      [{ HOME: '/h' }, '/h/.local/state/steerlab'],
    ] as const)
      t.match(await cli(env), { code: 1, stderr: `for the home ${expected};` }, asEnv(env))
  }),
)

function asEnv(env: Record<string, string>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}
