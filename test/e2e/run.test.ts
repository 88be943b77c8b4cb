/** `steerlab run` as a user types it: the program behaves as if it had been called directly, and its flows are steered. */

import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lacking } from '../support/needs.js'
import { CLI, environment, startProgram, withLab } from '../support/steerlab.js'

const EGRESS = '127.16.116.1'
const AGENT = '127.0.0.1'

void t.test('a captured program', { skip: lacking('capture', 'curl') }, (t) =>
  withLab(t, async (lab) => {
    const output = async (...command: string[]): Promise<string> => (await lab.run(command)).stdout

    await t.test('is steered, or bypassed by an exception, with one log line each', async (t) => {
      const box = JSON.parse(await output('curl', '-4sS', 'https://box.com/whoami'))
      t.match(box, { host: 'box.com', sni: 'box.com', from: EGRESS }, 'the origin sees the gateway')
      const zoom = JSON.parse(await output('curl', '-sS', 'https://zoom.us/whoami'))
      t.match(zoom, { host: 'zoom.us', from: AGENT }, 'the origin sees the agent')

      const boxLines = await lab.logLines('box.com')
      t.equal(boxLines.length, 1, 'one line for the steered flow')
      t.match(
        boxLines[0],
        /Tunneling flow from addr: 192\.0\.2\.77:\d+, process: curl to host: box\.com, addr: 74\.112\.186\.144:443 to nsProxy$/,
      )
      const zoomLines = await lab.logLines('zoom.us')
      t.equal(zoomLines.length, 1, 'one line for the excepted flow')
      t.match(zoomLines[0], /bypassing flow to exception host: zoom\.us, process: curl, Dest IP: \S+, Dest Port: 443$/)
    })

    await t.test('ends as it would have', async (t) => {
      for (const [command, code] of [
        ['exit 0', 0],
        ['exit 7', 7],
        ['exit 255', 255],
        ['kill -KILL $$', 137],
        ['kill -TERM $$', 143],
        ['kill -INT $$', 130],
      ] as const)
        t.equal((await lab.run(['sh', '-c', command])).code, code, command)
      // A directory of PATH that may not be read would make it "permission denied".
      const missing = await lab.run(['no-such-program'], { env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' } })
      t.match(missing, { code: 127, stderr: /no-such-program/ }, 'a program that is not there')
      t.match(await lab.run(['/etc/passwd']), { code: 126, stderr: /ermission denied/ }, 'a file that is no program')
    })

    await t.test('has its streams, byte for byte', async (t) => {
      const bytes = randomBytes(1_000_003)
      const back = Buffer.from((await lab.run(['cat'], { input: bytes })).stdout, 'latin1')
      t.equal(sha256(back), sha256(bytes), 'a megabyte of noise through cat')
      t.match(await lab.run(['sh', '-c', 'echo out; echo err >&2']), { stdout: 'out\n', stderr: 'err\n' })
      t.equal((await lab.run(['sh', '-c', 'read line; echo "$line."'], { input: '' })).stdout, '.\n', 'an empty input')
    })

    await t.test('has its arguments, directory, user and environment', async (t) => {
      const args = ['007', '1e3', '0x10', '', 'a b', "it's", '--lab', '--home=x', '--', '-h', '*', 'ü']
      const printed = await output(process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', '--', ...args)
      t.strictSame(JSON.parse(Buffer.from(printed, 'latin1').toString()), args, 'arguments are not interpreted')
      const cwd = join(lab.home, "a directory's name")
      mkdirSync(cwd)
      t.equal((await lab.run(['pwd'], { cwd })).stdout, `${cwd}\n`)
      t.equal(await output('id', '-u'), `${process.getuid?.()}\n`)
      t.equal(await output('id', '-g'), `${process.getgid?.()}\n`)
      t.equal((await lab.run(['sh', '-c', 'echo "$FRUIT"'], { env: { FRUIT: 'a pear' } })).stdout, 'a pear\n')
      if (process.getuid?.() !== 0)
        t.match(await output('grep', 'CapEff', '/proc/self/status'), /0{16}/, 'no capability comes along')
    })

    await t.test('gets the signals sent to run, once', async (t) => {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1'] as const) {
        // In Node: dash forgets a signal that comes while it starts a program.
        const script = `let n = 0
          process.on('${signal}', () => { console.log('got it'); n += 1; setTimeout(() => process.exit(n), 200) })
          console.log('ready')
          setInterval(() => {}, 1000)`
        const running = lab.start(['run', '--', process.execPath, '-e', script])
        await running.untilSaid('ready')
        running.child.kill(signal)
        t.match(await running.ended, { code: 1, stdout: 'ready\ngot it\n' }, signal)
      }
      const running = lab.start(['run', '--', 'sh', '-c', 'echo ready; exec sleep 60'])
      await running.untilSaid('ready')
      running.child.kill('SIGTERM')
      t.equal((await running.ended).code, 143, 'a program that does not care dies of it')
    })

    await t.test('has the terminal, and Ctrl-C reaches it once', { skip: lacking('script') }, async (t) => {
      const script = `let n = 0
        process.on('SIGINT', () => { n += 1; setTimeout(() => { console.log('interrupted ' + n); process.exit(n) }, 200) })
        console.log('terminal ' + [process.stdin.isTTY, process.stdout.isTTY])
        setInterval(() => {}, 1000)`
      const file = join(lab.home, 'program.js')
      writeFileSync(file, script)
      // exec: dash stays, unlike bash, and dies of the interrupt itself, with a code of its own.
      const line = `exec ${process.execPath} ${CLI} --home ${lab.home} run -- ${process.execPath} ${file}`
      const env = environment(lab.home)
      const running = startProgram(['script', '-qefc', line, '/dev/null'], { env, input: 'open' })
      await running.untilSaid('terminal true,true')
      running.child.stdin?.write('\x03')
      t.match(await running.ended, { code: 1, stdout: /interrupted 1\r\n/ })
    })

    await t.test('has the files a shell substitutes', { skip: lacking('bash') }, async (t) => {
      const run = `${process.execPath} ${CLI} --home ${lab.home} run --`
      t.match(await lab.shell(`bash -c '${run} cat <(echo substituted)'`), { code: 0, stdout: 'substituted\n' })
    })

    await t.test('captures its children and theirs, each under its own name', async (t) => {
      const script = `sh -c "curl -sS https://app.box.com/whoami; true"; ${process.execPath} -e "
        require('https').get('https://api.box.com/whoami', (r) => r.pipe(process.stdout))"`
      const [curl, node] = (await output('sh', '-c', script))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      t.match(
        [curl, node],
        [
          { host: 'app.box.com', from: EGRESS },
          { host: 'api.box.com', from: EGRESS },
        ],
      )
      t.equal((await lab.logLines('host: app.box.com', 'process: curl')).length, 1)
      t.equal((await lab.logLines('host: api.box.com', 'process: node')).length, 1)
    })

    await t.test('with --trust none is told of no authority', async (t) => {
      const { code, stderr } = await lab.cli(['run', '--trust', 'none', '--', 'curl', '-sS', 'https://box.com/whoami'])
      t.equal(code, 60, stderr)
    })

    await t.test('joins the running agent and leaves it running', async (t) => {
      t.match(await lab.status(), { pid: lab.up.pid, leases: 0, lab: { dns: { ip: '127.0.0.1' } } })
      t.equal((await lab.cli(['run', '--lab', '--', 'true'])).code, 0, 'also when the lab is asked for')
    })
  }),
)

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
