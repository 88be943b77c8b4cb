/** What real programs do over TCP, captured: it works as on a plain network, and each flow takes the way it should. */

import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { lacking } from '../support/needs.js'
import { type TestLab, withLab } from '../support/steerlab.js'

const EGRESS = '127.16.116.1'
const AGENT = '127.0.0.1'
const RAW_CLIENT = fileURLToPath(new URL('../support/raw-client.js', import.meta.url))

async function whoami(lab: TestLab, ...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await lab.run(['curl', '-sS', '--max-time', '20', ...args])
  return code === 0 ? JSON.parse(stdout) : { code, stderr }
}

async function raw(lab: TestLab, host: string, port: number, bytes: number): Promise<unknown> {
  return JSON.parse((await lab.run([process.execPath, RAW_CLIENT, host, String(port), String(bytes)])).stdout)
}

void t.test('captured TCP', { skip: lacking('capture', 'curl') }, (t) =>
  withLab(t, async (lab) => {
    await t.test('HTTP in every version, on every port the lab has', async (t) => {
      t.match(await whoami(lab, 'http://example.com/whoami'), { sni: null, alpn: null, from: EGRESS })
      t.match(await whoami(lab, 'http://example.com:8080/whoami'), { sni: null, from: EGRESS })
      t.match(await whoami(lab, '--http1.1', 'https://example.com/whoami'), { alpn: 'http/1.1', from: EGRESS })
      t.match(await whoami(lab, '--http2', 'https://example.com:8443/whoami'), { alpn: 'h2', from: EGRESS })
      t.equal((await lab.logLines('host: example.com', 'to nsProxy')).length, 2, 'web ports go to the proxy')
      t.equal((await lab.logLines('host: example.com', 'to app-fw')).length, 2, 'others to the firewall')
    })

    await t.test('IPv6, asked for and without choice', async (t) => {
      t.match(await whoami(lab, '-6', 'https://box.com/whoami'), { host: 'box.com', from: EGRESS })
      t.match(await whoami(lab, 'https://v6only.lab.example/whoami'), { host: 'v6only.lab.example', from: EGRESS })
      t.match(await whoami(lab, '-6', 'https://zoom.us/whoami'), { host: 'zoom.us', from: AGENT })
      const source = 'from addr: fd53:5465:6500::77:'
      t.equal((await lab.logLines(source, 'host: box.com, addr: 2620:117:bff0:13::90:443')).length, 1)
      t.equal((await lab.logLines(source, 'host: v6only.lab.example, addr: 2001:db8:1ab::6:443')).length, 1)
    })

    await t.test('a protocol in which the server speaks first, on odd ports, half-closed', async (t) => {
      const greeting = 'SSH-2.0-steerlab\r\n'
      t.strictSame(await raw(lab, 'box.com', 22, 5), { greeting, echoed: 5 }, 'through the tunnel')
      t.strictSame(await raw(lab, 'zoom.us', 5222, 5), { greeting, echoed: 5 }, 'bypassed')
      t.strictSame(await raw(lab, 'v6only.lab.example', 22, 0), { greeting, echoed: 0 }, 'over IPv6, nothing to say')
      t.strictSame(await raw(lab, 'box.com', 22, 3_000_000), { greeting, echoed: 3_000_000 }, 'more than a window')
      t.strictSame(await raw(lab, 'zoom.us', 22, 3_000_000), { greeting, echoed: 3_000_000 }, 'the same, bypassed')
      t.strictSame(await raw(lab, '203.0.113.4', 22, 5), { greeting, echoed: 5 }, 'an address no name led to')
    })

    await t.test('uploads and long downloads arrive whole', async (t) => {
      const file = join(lab.home, 'upload')
      const bytes = randomBytes(20_000_000)
      writeFileSync(file, bytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      for (const host of ['box.com', 'zoom.us'])
        t.match(await whoami(lab, '-T', file, `https://${host}/count`), { bytes: bytes.length, sha256 }, host)
      const gibibyte = 1_073_741_824
      for (const host of ['box.com', 'zoom.us']) {
        const url = `http://${host}/bytes/${gibibyte}`
        const { stdout } = await lab.run(['curl', '-sS', '-o', '/dev/null', '-w', '%{size_download}', url])
        t.equal(Number(stdout), gibibyte, `1 GiB from ${host}`)
      }
    })

    await t.test('git clone over HTTPS', { skip: lacking('git') }, async (t) => {
      const clone = join(lab.home, 'clone')
      const { code, stderr } = await lab.run(['git', 'clone', '-q', 'https://github.com/steerlab/hello.git', clone])
      t.equal(code, 0, code === 0 ? 'it ends in order' : stderr)
      t.match(readFileSync(join(clone, 'hello.txt'), 'utf8'), /^Hello/)
      const lines = await lab.logLines('Bypassing connection from process: git-remote-http, host: github.com')
      t.ok(lines.length > 0, 'as a pinned app')
    })

    await t.test('what cannot be reached fails at once, the agent goes on', async (t) => {
      for (const [url, why] of [
        ['https://refused.lab.example/', 'a host that refuses, tunnelled'],
        ['https://box.com:444/', 'a closed port, tunnelled'],
        ['https://zoom.us:444/', 'a closed port, bypassed'],
        ['https://unreachable.lab.example/', 'no way there'],
        ['http://9.9.9.9/', 'no name, no way'],
        ['http://10.0.0.1/', 'a private address'],
        ['http://[fd00::1]/', 'a private IPv6 address'],
      ] as const) {
        const started = performance.now()
        const { code, stderr } = await lab.run(['curl', '-gsS', '--max-time', '20', url])
        // 7 where the reset comes before curl has seen that it is connected.
        t.ok([7, 35, 56].includes(code), `${why}: the connection is reset (${code} ${stderr.trim()})`)
        t.ok(performance.now() - started < 5000, 'at once')
      }
      t.match(await lab.run(['curl', '-sS', 'https://nope.lab.example/']), { code: 6 }, 'a name that does not exist')
      t.match(await whoami(lab, 'https://box.com/whoami'), { from: EGRESS })
    })
  }),
)

const BLOCKED_APP = {
  certPinnedAppList: [
    { action: 2, appName: 'Slack', app_domains: ['slack.com'], mode: 'direct', processName: 'curl', rowID: 'custom_1' },
  ],
}

void t.test('a blocked app', { skip: lacking('capture', 'curl') }, (t) =>
  withLab(
    t,
    async (lab) => {
      for (const url of ['https://app.slack.com/', 'http://box.com/']) {
        const started = performance.now()
        const { code } = await lab.run(['curl', '-sS', '--max-time', '20', url])
        t.ok([7, 35, 56].includes(code), `is reset at ${url}, whatever its app_domains say (${code})`)
        t.ok(performance.now() - started < 5000, 'and never hangs')
      }
      t.equal((await lab.logLines('Dropping connection from process: curl, host: app.slack.com')).length, 1)
      const greeting = 'SSH-2.0-steerlab\r\n'
      t.strictSame(await raw(lab, 'app.slack.com', 22, 3), { greeting, echoed: 3 }, 'another program is let through')
      t.match(await lab.status(), { flows: { tunneled: 1, bypassed: 0, blocked: 2 } })
    },
    { files: { 'nsbypass.json': BLOCKED_APP } },
  ),
)
