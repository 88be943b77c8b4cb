/** The explicit doors with the clients people use: curl through HTTP proxy and SOCKS5, the PAC file, dig. */

import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type CurlResult, curl } from '../support/curl.js'
import { lacking } from '../support/needs.js'
import { runProgram } from '../support/run-program.js'
import { type TestLab, withLab } from '../support/steerlab.js'

const EGRESS = '127.16.116.1'
const AGENT = '127.0.0.1'
/** By whom what is steered is signed, and what is bypassed: each trusted alone. */
const TENANT = join('stagent', 'data', 'nscacert.pem')
const ORIGINS = join('lab', 'labca.pem')
const BOX_V6 = '2620:117:bff0:13::90'

/** A refusal is told long before any time-out of ours (8 s) or curl's (10 s) could have done it, ms. */
const AT_ONCE_MS = 3000

/** curl's options for each way into the agent. */
interface Doors {
  readonly http: readonly string[]
  readonly socks: readonly string[]
  readonly all: readonly (readonly [name: string, options: readonly string[]])[]
}

async function doorsOf(lab: TestLab): Promise<Doors> {
  const { proxy } = await lab.status()
  const http = ['-x', proxy.http]
  const socks = ['--socks5-hostname', proxy.socks.replace('socks5://', '')]
  const all = [
    ['HTTP proxy', http],
    ['SOCKS5', socks],
  ] as const
  return { http, socks, all }
}

function trusting(lab: TestLab, authority: string, ...args: readonly string[]): Promise<CurlResult> {
  return curl('-g', '--cacert', join(lab.home, authority), ...args)
}

async function whoami(lab: TestLab, authority: string, ...args: readonly string[]): Promise<unknown> {
  const result = await trusting(lab, authority, ...args)
  return result.exitCode === 0 ? JSON.parse(result.stdout) : result
}

void t.test('explicit doors', { skip: lacking('curl') }, (t) =>
  withLab(t, async (lab) => {
    const doors = await doorsOf(lab)

    await t.test('steer and bypass as capture does, each flow logged once under its program', async (t) => {
      for (const [name, door] of doors.all)
        for (const scheme of ['http', 'https']) {
          const sni = scheme === 'https' ? 'box.com' : null
          t.match(
            await whoami(lab, TENANT, ...door, `${scheme}://box.com/whoami`),
            { host: 'box.com', sni, from: EGRESS },
            `box.com is steered: ${name}, ${scheme}`,
          )
          t.match(
            await whoami(lab, ORIGINS, ...door, `${scheme}://zoom.us/whoami`),
            { host: 'zoom.us', from: AGENT },
            `zoom.us is an exception: ${name}, ${scheme}`,
          )
        }
      for (const port of [80, 443]) {
        const box = await lab.logLines(
          'Tunneling flow',
          'process: curl to host: box.com, addr: ',
          `:${port} to nsProxy`,
        )
        t.equal(box.length, 2, `two doors, two lines for port ${port}`)
        const zoom = await lab.logLines('exception host: zoom.us, process: curl', `Dest Port: ${port}`)
        t.equal(zoom.length, 2, `and two for the exception`)
      }
      const used = new Set((await lab.flows()).map(({ door }) => door))
      t.strictSame(used, new Set(['http-forward', 'http-connect', 'socks5']), 'the flows know their doors')
    })

    await t.test('take an IPv6 address in place of a name', async (t) => {
      for (const [name, door] of doors.all) {
        const plain = await whoami(lab, TENANT, ...door, `http://[${BOX_V6}]/whoami`)
        t.match(plain, { host: `[${BOX_V6}]`, from: EGRESS }, name)
        const toAddress = ['--connect-to', `box.com:443:[${BOX_V6}]:443`]
        const secure = await whoami(lab, TENANT, ...door, ...toAddress, 'https://box.com/whoami')
        t.match(secure, { host: 'box.com', sni: 'box.com', from: EGRESS }, `${name}, TLS`)
      }
      t.equal((await lab.logLines(`addr: ${BOX_V6}:80 to nsProxy`)).length, 2)
      t.equal((await lab.logLines(`addr: ${BOX_V6}:443 to nsProxy`)).length, 2)
    })

    await t.test('say no at once, in words', async (t) => {
      const refusals = [
        ['http://refused.lab.example/', 'refused the connection'],
        ['http://unreachable.lab.example/', 'cannot be reached'],
        ['http://zoom.us:81/', 'refused the connection'],
        ['http://nope.lab.example/', 'the name was not found'],
      ] as const
      for (const [url, why] of refusals) {
        await atOnce(t, `HTTP: ${url}`, async () => {
          const { exitCode, stdout } = await trusting(lab, TENANT, ...doors.http, '-w', '%{http_code}', url)
          t.match({ exitCode, stdout }, { exitCode: 0, stdout: /^steerlab: .*\n502$/ }, url)
          t.match(stdout, why)
        })
        const secure = url.replace('http:', 'https:')
        await atOnce(t, `CONNECT: ${secure}`, async () => {
          const { exitCode, stdout } = await trusting(lab, TENANT, ...doors.http, '-w', '%{http_connect}', secure)
          t.match({ exitCode, stdout }, { exitCode: 56, stdout: '502' })
        })
        await atOnce(t, `SOCKS5: ${url}`, async () => {
          const code = why === 'refused the connection' ? 5 : 4
          const { exitCode, stderr } = await trusting(lab, TENANT, ...doors.socks, url)
          t.match({ exitCode, stderr }, { exitCode: 97, stderr: `(${code})` })
        })
      }
      t.match(await whoami(lab, TENANT, ...doors.http, 'https://box.com/whoami'), { from: EGRESS }, 'and go on')
    })

    await t.test('serve a PAC file that names them', async (t) => {
      const { proxy } = await lab.status()
      const { stdout } = await curl('--noproxy', '*', '-i', proxy.pac)
      t.equal(proxy.pac, `${proxy.http}/proxy.pac`)
      t.match(stdout, /^content-type: application\/x-ns-proxy-autoconfig\r$/m)
      const http = new URL(proxy.http).host
      const socks = proxy.socks.replace('socks5://', '')
      t.match(stdout, `"PROXY ${http}; SOCKS5 ${socks}"`, 'with the ports that are really listened on')
    })

    await t.test('answer DNS by UDP and TCP, and learn from it', { skip: lacking('dig') }, async (t) => {
      const [ip = '', port = ''] = (await lab.status()).proxy.dns.split(':')
      const dig = async (...args: string[]): Promise<string> =>
        (await runProgram('dig', ['+short', '+time=3', '+tries=1', `@${ip}`, '-p', port, ...args])).stdout.trim()
      for (const transport of ['+notcp', '+tcp']) {
        t.equal(await dig(transport, 'box.com', 'A'), '74.112.186.144', `A ${transport}`)
        t.equal(await dig(transport, 'box.com', 'AAAA'), BOX_V6, `AAAA ${transport}`)
        t.equal(await dig(transport, 'nope.lab.example', 'A'), '', `no such name ${transport}`)
      }
      t.equal((await lab.logLines('host: v4only.lab.example')).length, 0, 'a name nobody has asked for')
      t.equal(await dig('+notcp', 'v4only.lab.example'), '203.0.113.4')
      t.match(await whoami(lab, TENANT, ...doors.socks, 'http://203.0.113.4/whoami'), { from: EGRESS })
      t.equal(
        (await lab.logLines('host: v4only.lab.example, addr: 203.0.113.4:80')).length,
        1,
        'its address has a name',
      )
    })
  }),
)

async function atOnce(t: Test, what: string, body: () => Promise<void>): Promise<void> {
  const started = performance.now()
  await body()
  const ms = Math.round(performance.now() - started)
  t.ok(ms < AT_ONCE_MS, `${what}: at once (${ms} ms)`)
}
