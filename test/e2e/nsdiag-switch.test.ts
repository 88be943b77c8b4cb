/** Disabling and enabling with and without a master password, and who may ask an agent at all. */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { SEARCH_PATH } from '../support/needs.js'
import { runProgram } from '../support/run-program.js'
import { CLI, startProgram, withHome, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const DONE = 'Enable/disable client successful.\n'
const INCORRECT = 'Incorrect Password, Client cannot be disabled'

void t.test('nsdiag -t without a password', { timeout: 120_000 }, (t) =>
  withLab(t, async ({ cli }) => {
    t.match(await cli(['nsdiag', '-t', 'disable']), { code: 0, stdout: DONE, stderr: '' })
    t.match(await cli(['nsclient', 'show-status']), { code: 0, stdout: 'Netskope Client disabled\n' })
    const { stdout } = await cli(['nsdiag', '-f'])
    t.match(stdout, /^Tunnel status:: NSTUNNEL_DISCONNECTED_BYUSER\.\nClient status:: disable\.$/m)
    t.match(await cli(['nsdiag', '-t', 'enable']), { code: 0, stdout: DONE })
    t.match(await cli(['nsdiag', '-f']), {
      stdout: /^Tunnel status:: NSTUNNEL_CONNECT(ED|ING)\.\nClient status:: enable\.$/m,
    })
    t.match(await cli(['nsclient', 'disable']), { code: 0, stdout: 'Netskope Client disabled\n' })
    t.match(await cli(['nsclient', 'enable']), { code: 0, stdout: 'Netskope Client enabled\n' })
  }),
)

void t.test('with a master password', { timeout: 120_000 }, (t) =>
  withLab(t, async (lab) => {
    const { cli, home } = lab
    const { version } = (await lab.status()).configuration
    const set = await cli(['config', 'password'], { input: 'Canary-4711\n' })
    t.match(set, { code: 0, stdout: 'steerlab.json: the master password is set\n', stderr: '' })
    await waitUntil(async () => (await lab.status()).configuration.version > version, 10_000)
    const file = readFileSync(join(home, 'stagent', 'steerlab.json'), 'utf8')
    t.match(file, /"masterPassword": "\$scrypt\$/)

    for (const options of [{}, { input: '' }, { input: '\n' }])
      t.match(await cli(['nsdiag', '-t', 'disable'], options), {
        code: 1,
        stdout: '',
        stderr: 'steerlab: no password was given, and nothing was changed\n',
      })
    for (const input of ['wrong\n', 'canary-4711\n'])
      t.match(await cli(['nsdiag', '-t', 'disable'], { input }), { code: 1, stdout: `${INCORRECT}\n`, stderr: '' })
    t.match(await cli(['disable'], { input: 'wrong' }), { code: 1, stdout: '', stderr: `steerlab: ${INCORRECT}\n` })
    t.match(await cli(['nsclient', 'show-status']), { stdout: 'Netskope Client enabled\n' })

    const input = 'Canary-4711\n'
    t.match(await cli(['nsdiag', '-t', 'disable'], { input }), { code: 0, stdout: DONE, stderr: '' })
    t.match(await cli(['nsdiag', '-t', 'enable']), { code: 0, stdout: DONE }, 'enabling asks for none')
    t.match(await cli(['disable'], { input }), { code: 0 })
    t.match(await cli(['enable']), { code: 0 })

    // On a terminal, which `script` plays.
    const line = `${process.execPath} ${CLI} --home ${home} nsdiag -t disable`
    const typing = startProgram(['script', '-qec', line, '/dev/null'], { input: 'open' })
    await typing.untilSaid('Master password: ')
    typing.child.stdin?.end('Canary-4711\r')
    t.match(await typing.ended, { code: 0, stdout: /^Master password: \r?\nEnable\/disable client successful\.\r?\n$/ })

    const found = await lab.shell(`grep -rl Canary-4711 ${home}`)
    t.equal(found.stdout, '', 'the password stands nowhere')
    t.match(await cli(['config', 'password', '--remove']), { code: 0 })
    t.notMatch(readFileSync(join(home, 'stagent', 'steerlab.json'), 'utf8'), 'masterPassword')
  }),
)

void t.test('a password that is none', (t) =>
  withHome(t, async ({ cli, home }) => {
    const config = join(home, 'c')
    await runProgram('mkdir', [config])
    for (const [input, message] of [
      ['\n', /an empty password is none/],
      ['x'.repeat(257), /256 characters at most/],
    ] as const)
      t.match(await cli(['config', 'password', '--config', config], { input }), { code: 2, stderr: message })
  }),
)

const isRoot = process.getuid?.() === 0

void t.test('another local user gets nothing', { skip: isRoot ? false : 'needs root' }, (t) =>
  withLab(t, async ({ home, cli }) => {
    const socket = join(home, 'run', 'agent.sock')
    t.equal(statSync(socket).mode & 0o777, 0o600)
    const asking = `const s=net.connect(process.argv[1]);s.on('connect',()=>s.write('{"method":"status"}\\n'));s.on('data',b=>{console.log(String(b).slice(0,10));process.exit()});s.on('error',e=>{console.log(e.code);process.exit()})`
    const asked = async (...under: readonly string[]) => {
      const [program = '', ...args] = [...under, process.execPath, '-e', asking, socket]
      return (await runProgram(program, args, { env: { PATH: SEARCH_PATH } })).stdout.trim()
    }
    t.equal(await asked('setpriv'), '{"ok":true', 'its owner')
    const stranger = ['setpriv', '--reuid=65534', '--clear-groups']
    t.equal(await asked(...stranger), 'EACCES')
    for (const args of ['status', 'nsdiag -f', 'nsdiag -o /tmp/stranger.zip', 'run -- true', 'disable']) {
      const { code, stderr } = await cli(args.split(' '), { under: stranger })
      t.equal(code, 1, args)
      t.match(stderr, /^steerlab: the home belongs to another user: no permission to ask its agent at [^\n]+\n$/, args)
    }
    t.notOk(existsSync('/tmp/stranger.zip'))
    // The socket's own mode says no too, were the directories open.
    await runProgram('chmod', ['a+rx', home, join(home, 'run')])
    t.equal(await asked(...stranger), 'EACCES')
  }),
)
