/** Inspection through the whole product, over both kinds of tunnel: pages, a WebSocket, and bodies without an end. */

import t from 'tap'
import { dtlsUnavailable } from '../../agent/tunnel/dtls/openssl.js'
import { clientConfig } from '../support/lab-files.js'
import { lacking } from '../support/needs.js'
import { growthOf } from '../support/resident.js'
import { withLab } from '../support/steerlab.js'
import { WEBSOCKET_ECHO } from '../support/websocket-echo.js'

const MOST_MIB = 120

/** Echoed, and read slowly; what comes back of each is counted. */
const ENDLESS = ['http1.1', 'http2'].flatMap((version) => [
  `yes | curl -sS --${version} --max-time 3 -T - https://box.com/echo`,
  `curl -sS --${version} --limit-rate 20k --max-time 3 https://box.com/bytes/10000000000`,
])

const noDtls = (await dtlsUnavailable()) ?? false

for (const [transport, without] of [
  ['tls', false],
  ['dtls', noDtls],
] as const)
  void t.test(`flows of a ${transport} tunnel`, { skip: lacking('capture', 'curl') || without }, (t) =>
    withLab(
      t,
      async (lab) => {
        await t.test('pages in both protocols are signed by the tenant', async (t) => {
          const page = (version: string) => `curl -sS --${version} -w '%{certs}' https://box.com/whoami`
          const { stdout } = await lab.run(['sh', '-c', `${page('http1.1')}; ${page('http2')}`])
          t.match(stdout, /"alpn":"http\/1\.1"[\s\S]*"alpn":"h2"/)
          t.equal(stdout.match(/^Issuer:.*ca\.lab\.goskope\.com/gm)?.length, 2)
          t.match(await lab.status(), { tunnel: { transport: transport.toUpperCase() } })
        })

        await t.test('a WebSocket over wss', async (t) => {
          const program = ['run', '--trust', 'env', '--', process.execPath, WEBSOCKET_ECHO, 'box.com']
          const { stdout, stderr } = await lab.cli(program)
          t.equal(stdout, '{"issuer":"ca.lab.goskope.com","sent":7,"echoed":7}', stderr)
        })

        await t.test(
          'bodies without an end, all at once, are ended by the client alone, and nothing piles up',
          async (t) => {
            const growth = growthOf(lab)
            const lines = ENDLESS.map((line) => `(${line} | wc -c) &`)
            const { stdout } = await lab.run(['sh', '-c', `${lines.join('\n')}\nwait; curl -sS https://box.com/whoami`])
            growth.stop()
            const lengths = stdout.match(/^\d+$/gm)?.map(Number) ?? []
            t.equal(lengths.length, lines.length)
            t.ok(Math.min(...lengths) > 10_000, `so many bytes came: ${lengths}`)
            t.match(stdout, '"host":"box.com"', 'and then a page')
            t.ok(Math.max(...growth.most()) < MOST_MIB, `agent and gateway grew by ${growth.most()} MiB at most`)
          },
        )
      },
      { files: { 'nsconfig.json': clientConfig({ protocol: transport }) } },
    ),
  )
