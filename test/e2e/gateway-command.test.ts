/** `steerlab gateway`: the mock cloud alone, asked by the tools of others: curl, dig, openssl. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { defaultFiles } from '../../agent/config/default-files.js'
import { USER_CERTIFICATE_PASSPHRASE } from '../../certs/tenant-set.js'
import type { CloudPart } from '../../gateway/cloud-part.js'
import { DEFAULT_POP_TABLE } from '../../gateway/pops/default-pops.js'
import { DEFAULT_TENANT } from '../../scripts/process/tenant.js'
import { curl } from '../support/curl.js'
import { withPops } from '../support/lab-files.js'
import { lacking } from '../support/needs.js'
import { runProgram } from '../support/run-program.js'
import { type TestHome, withHome } from '../support/steerlab.js'

/** The address of the nearest POP: where it listens, so that what curl finds by itself is on this machine. */
const NEAREST = '127.18.0.1'
const [FIRST, ...OTHERS] = DEFAULT_POP_TABLE.pops

/** Runs `body` with the command running; it is stopped as with Ctrl-C. */
async function withGateway(
  t: Test,
  home: TestHome,
  args: readonly string[],
  body: (part: CloudPart) => Promise<void>,
): Promise<void> {
  const gateway = home.start(['gateway', '--json', ...args])
  await gateway.untilSaid('\n}\n')
  await body(JSON.parse(gateway.said()))
  gateway.child.kill('SIGINT')
  t.match(await gateway.ended, { code: 0, stderr: '' }, 'Ctrl-C ends it in order')
}

void t.test('all of the cloud', { skip: lacking('curl', 'dig', 'openssl') }, (t) =>
  withHome(t, async (home) => {
    const ca = join(home.home, 'stagent', 'data', 'nscacert.pem')
    await withGateway(
      t,
      home,
      withPops(t, { pops: [{ ...FIRST!, address: NEAREST }, ...OTHERS] }),
      async ({ routes, ldns }) => {
        /** Where a public endpoint listens, `ip:port`. */
        const at = (endpoint: string): string => `${routes[endpoint]?.ip}:${routes[endpoint]?.port}`
        const to = (host: string, ip: string) => ['--connect-to', `${host}:443:${at(`${ip}:443/tcp`)}`, '--cacert', ca]

        /** The address of a name by LDNS. */
        const dig = async (name: string, ...options: readonly string[]): Promise<string> => {
          const asking = ['+short', '+time=3', '+tries=1', `@${ldns?.ip}`, '-p', `${ldns?.port}`]
          return (await runProgram('dig', [...asking, ...options, name, 'A'])).stdout.trim()
        }

        await t.test('LDNS and DNS over HTTPS know the gateway', async (t) => {
          for (const transport of ['+notcp', '+tcp'])
            t.equal(await dig('gateway-lab.goskope.com', transport), NEAREST, transport)
          const resolve = 'https://dns.google/resolve?name=gateway-lab.goskope.com&type=A'
          const json = await curl(...to('dns.google', '8.8.8.8'), resolve)
          t.match(JSON.parse(json.stdout), { Status: 0, Answer: [{ type: 1, data: NEAREST }] })
          const london = await curl(...to('dns.google', '8.8.4.4'), `${resolve}&edns_client_subnet=192.0.2.0/24`)
          t.match(JSON.parse(london.stdout), { Answer: [{ data: '163.116.164.35' }] }, 'of the client that is told')
        })

        await t.test('GSLB names the POPs, nearest first, to whom has the OrgKey', async (t) => {
          const { OrgKey } = defaultFiles(DEFAULT_TENANT)['nsbranding.json'] as { OrgKey: string }
          const host = 'gateway.gslb.goskope.com'
          const service = to(host, await dig(host))
          const url = `https://${host}/api/v0.2/footprint/`
          const { stdout } = await curl(...service, url + OrgKey)
          t.match(JSON.parse(stdout), {
            egress_ip: '198.51.100.7',
            client_country: 'US',
            rtt_protocol: 'tcp',
            pops: [
              { name: 'US-ORD1', ip_address: NEAREST, dp_gateway_fqdn: 'gateway-ord1.goskope.com' },
              { name: 'US-ORD2' },
            ],
          })
          const stranger = await curl(...service, '-o', '/dev/null', '-w', '%{http_code}', `${url}nobody`)
          t.match(stranger.stdout, /^4\d\d$/)
        })

        await t.test('curl finds the tunnel by DNS over HTTPS', async (t) => {
          const { ip, port } = routes['8.8.8.8:443/tcp']!
          const doh = ['--doh-url', `https://dns.google:${port}/dns-query`, '--resolve', `dns.google:${port}:${ip}`]
          const tunnel = `https://gateway-lab.goskope.com:${routes[`${NEAREST}:443/tcp`]?.port}/`
          const { stderr } = await curl(...doh, '-v', '--cacert', ca, tunnel)
          t.match(stderr, `Connected to gateway-lab.goskope.com (${NEAREST})`)
          t.match(stderr, 'SSL certificate verify ok')
        })

        await t.test('openssl opens a tunnel with the certificate of the user', async (t) => {
          const p12 = join(home.home, 'stagent', 'data', 'nsusercert.p12')
          const pass = ['-passin', `pass:${USER_CERTIFICATE_PASSPHRASE}`]
          const opened = await runProgram('openssl', ['pkcs12', '-in', p12, '-nodes', ...pass])
          const user = join(t.testdir(), 'user.pem')
          writeFileSync(user, opened.stdout, { mode: 0o600 })
          const host = 'gateway-ord1.goskope.com'
          const trust = ['-CAfile', ca, '-verify_return_error', '-verify_hostname', host, '-servername', host]
          const dial = ['s_client', '-connect', at(`${NEAREST}:443/tcp`), ...trust, '-alpn', 'steerlab/1']
          const { code, stdout } = await runProgram('openssl', [...dial, '-cert', user, '-key', user])
          t.equal(code, 0)
          t.match(stdout, /Verify return code: 0 \(ok\)/)
          t.match(stdout, /ALPN protocol: steerlab\/1/)
          const stranger = await runProgram('openssl', [...dial, '-ign_eof'])
          t.match(stranger.stdout + stranger.stderr, /alert certificate required/, 'and nobody without one')
        })
      },
    )
  }),
)

void t.test('some POPs only', (t) =>
  withHome(t, async (home) => {
    const stories: readonly (readonly [args: readonly string[], addresses: readonly string[]])[] = [
      [['--only', 'US-ORD1'], [FIRST!.address]],
      [
        ['--only', 'US-ORD1', '--only', 'US-STL1'],
        [FIRST!.address, '163.116.136.35'],
      ],
    ]
    for (const [args, addresses] of stories)
      await withGateway(t, home, args, async (part) => {
        t.strictSame(Object.keys(part), ['routes'], `no services with ${args.join(' ')}`)
        t.strictSame([...new Set(Object.keys(part.routes).map((key) => key.split(':')[0]))], addresses)
      })
    const nope = await home.cli(['gateway', '--only', 'NOPE'])
    t.match(nope, { code: 2, stdout: '', stderr: /^steerlab: there is no POP NOPE; there are US-ORD1, .*\n$/ })
  }),
)
