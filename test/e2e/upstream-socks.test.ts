/** `--upstream-socks`: what is bypassed and what the gateway dials both leave through the SOCKS5 proxy, here one of ours. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { CapturedFlow, FlowFailure } from '../../agent/capture/door.js'
import { DOOR_LIMITS } from '../../agent/capture/loopback-door.js'
import { SocksDoor } from '../../agent/capture/socks-door.js'
import { defaultFiles } from '../../agent/config/default-files.js'
import { curl } from '../support/curl.js'
import { askedOwners, flowDialer } from '../support/flow-dialer.js'
import { lacking } from '../support/needs.js'
import { httpOrigin } from '../support/origins.js'
import { type TestLab, withHome, withLab } from '../support/steerlab.js'

/** Documentation addresses (RFC 5737, RFC 3849): without the proxy there is no way to them. */
const EXCEPTED = '198.51.100.7'
const STEERED = '203.0.113.9'
const STEERED_V6 = '2001:db8::9'

const EXCEPTIONS = defaultFiles({ tenant: 'lab', user: 'user@lab.example', org: 'Lab' })['nsexception.json']
const files = { 'nsexception.json': { ...EXCEPTIONS, ips: [{ type: 'ip', value: EXCEPTED }] } }

/** An agent of the real network behind a SOCKS5 proxy that takes every flow to one origin, or fails it. */
async function withUpstream(
  t: Test,
  failure: FlowFailure | undefined,
  body: (lab: TestLab, flows: readonly CapturedFlow[]) => Promise<void>,
): Promise<void> {
  const origin = await httpOrigin()
  const { flows, handle } = flowDialer(() => failure ?? origin.port)
  const upstream = new SocksDoor({ handle, owners: askedOwners(), limits: DOOR_LIMITS })
  await upstream.listen({ host: '127.0.0.1', port: 0 })
  const url = `socks5://127.0.0.1:${upstream.address().port}`
  try {
    await withLab(t, (lab) => body(lab, flows), { flags: ['--upstream-socks', url], files })
  } finally {
    await upstream.close()
    await origin.close()
  }
}

void t.test('a proxied program behind an upstream proxy', { skip: lacking('curl') }, (t) =>
  withUpstream(t, undefined, async (lab, flows) => {
    const { proxy } = await lab.status()
    const cases = [
      ['bypassed by an exception', EXCEPTED, EXCEPTED],
      ['through the gateway', STEERED, STEERED],
      ['through the gateway, IPv6', `[${STEERED_V6}]`, STEERED_V6],
    ] as const
    for (const [what, host, ip] of cases) {
      const { stdout, stderr } = await curl('-g', '-x', proxy.http, '-p', `http://${host}/hello`)
      t.equal(stdout, `GET /hello ${host} 0`, `${what} ${stderr}`)
      t.match(flows.at(-1), { door: 'socks5', destination: { ip, port: 80 } }, 'the proxy was asked for the address')
    }
    t.equal(flows.length, cases.length, 'and for each once')
    t.equal((await lab.logLines(`IP ${EXCEPTED} is found in IP address range Exception List`)).length, 1)
    t.equal((await lab.logLines('process: curl to host: , ', `addr: ${STEERED}:80 to nsProxy`)).length, 1)
    t.equal((await lab.logLines('process: curl to host: , ', `addr: ${STEERED_V6}:80 to nsProxy`)).length, 1)
    t.match(await lab.status(), { lab: null, flows: { tunneled: 2, bypassed: 1 } })

    await t.test('the gateway dials nothing private, not even there', async (t) => {
      const { exitCode, stdout } = await curl('-x', proxy.http, '-w', '%{http_code}', 'http://169.254.169.254/')
      t.match({ exitCode, stdout }, { exitCode: 0, stdout: /blocked by policy\n403$/ })
      t.equal(flows.length, cases.length, 'the proxy was not asked')
      const log = readFileSync(join(lab.home, 'gateway', 'gateway.log'), 'utf8')
      t.match(log, /"event":"refused".*"ip":"169\.254\.169\.254"/, 'and the gateway says so')
    })
  }),
)

void t.test('a captured program behind an upstream proxy', { skip: lacking('capture', 'curl') }, (t) =>
  withUpstream(t, undefined, async (lab, flows) => {
    for (const ip of [EXCEPTED, STEERED]) {
      t.equal((await lab.run(['curl', '-sS', `http://${ip}:8000/x`])).stdout, `GET /x ${ip}:8000 0`, ip)
      t.match(flows.at(-1), { destination: { ip, port: 8000 } })
    }
    t.match(await lab.status(), { flows: { tunneled: 1, bypassed: 1 } })
  }),
)

void t.test("an upstream proxy's refusal reaches the program", { skip: lacking('curl') }, (t) =>
  withUpstream(t, 'refused', async (lab, flows) => {
    const { proxy } = await lab.status()
    for (const ip of [EXCEPTED, STEERED]) {
      const { stdout } = await curl('-x', proxy.http, '-w', '%{http_code}', `http://${ip}/`)
      t.equal(stdout, `steerlab: ${ip}:80 refused the connection\n502`)
    }
    t.equal(flows.length, 2)
  }),
)

void t.test('an upstream proxy that is not there is an unreachable origin', { skip: lacking('curl') }, (t) =>
  withLab(
    t,
    async (lab) => {
      const { proxy } = await lab.status()
      for (const ip of [EXCEPTED, STEERED]) {
        const { stdout } = await curl('-x', proxy.http, '-w', '%{http_code}', `http://${ip}/`)
        t.equal(stdout, `steerlab: ${ip}:80 cannot be reached\n502`)
      }
    },
    { flags: ['--upstream-socks', 'socks5://127.0.0.1:1'], files },
  ),
)

void t.test('a wrong URL of an upstream proxy is refused in one sentence', (t) =>
  withHome(t, async (home) => {
    for (const url of ['nonsense', 'http://127.0.0.1:1080', 'socks5://', 'socks5://a:b@h:99999', 'socks5://h:0', '']) {
      const { code, stdout, stderr } = await home.cli(['up', '--upstream-socks', url])
      t.match({ code, stdout }, { code: 2, stdout: '' }, JSON.stringify(url))
      t.match(stderr, /^steerlab: [^\n]+; write socks5:\/\/user:password@host:port\n$/, stderr)
    }
  }),
)
