/** The gateway with its services, the add-on among them, as curl and openssl see it: one certificate for both doors. */

import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { GatewayOptions } from '../../gateway/gateway.js'
import { tenantFor } from '../support/addon.js'
import { curl } from '../support/curl.js'
import { lacking } from '../support/needs.js'
import { runProgram } from '../support/run-program.js'
import { gatewayOf, newTenant, tunnelTo, USER } from '../support/tenant-gateway.js'

const acme = await newTenant(t)
const { agent } = acme

/** Options of a gateway with the services on a tenant's directory. */
function withServices(tenantDirectory: string): Partial<GatewayOptions> {
  return {
    services: {
      tenant: 'acme',
      orgKey: 'footprint',
      responseCode: 'ok',
      tenantDirectory,
      rootCertificate: agent.authority,
      tenantCertificate: agent.tenantAuthority,
      userPkcs12: agent.pfx,
      user: USER,
    },
  }
}

void t.test('a client enrols with curl and gets all it needs', { skip: lacking('curl', 'openssl') }, async (t) => {
  const { directory, tenant } = await tenantFor(t)
  const gateway = await gatewayOf(t, acme, withServices(directory))
  const { ip, port } = gateway.part.addon!
  const get = (name: string, path: string, ...options: string[]) => {
    const to = ['--connect-to', `${name}:443:${ip}:${port}`, '--cacert', acme.paths.root]
    return curl(...to, ...options, `https://${name}${path}`)
  }
  const addon = (path: string, ...options: string[]) => get('addon-acme.goskope.com', path, ...options)
  const { stdout } = await addon(`/config/user/getbrandingbyemail?orgkey=${tenant.orgKey}&email=${USER}`)
  const { OrgKey, UserKey, AddonManagerHost, AddonCheckerHost } = JSON.parse(stdout)
  const hashed = `orgkey=${OrgKey}&hashkey=${UserKey}`

  t.equal((await get(AddonCheckerHost, '/')).stdout, '{"service":"steerlab add-on"}', 'also by the other name')
  t.equal(AddonManagerHost, 'addon-acme.goskope.com')
  t.equal((await addon(`/config/ca/cert?${hashed}`)).stdout, agent.authority)
  t.equal((await addon(`/config/org/cert?${hashed}`)).stdout, agent.tenantAuthority)
  const config = await addon(`/v2/config/org/clientconfig?${hashed}&tenantconfig=1`, '-i')
  t.match(config.stdout, /^HTTP\/1\.1 200 OK[\s\S]*x-steerlab-config-version: \d{4}-\d\d-\d\d [\d:.]{15}\r\n/)
  const p12 = join(directory, 'nsusercert.p12')
  t.equal((await addon(`/v2/config/user/cert?${hashed}`, '--output', p12)).exitCode, 0)
  const opened = await runProgram('openssl', ['pkcs12', '-in', p12, '-nokeys', '-passin', `pass:${agent.passphrase}`])
  t.match(opened.stdout, new RegExp(USER))

  const body = '{"client_status":{"event":"Tunnel Up"}}'
  const posted = await addon(`/v2/update/clientstatus?orgkey=${OrgKey}&userkey=${UserKey}`, '--data', body)
  t.equal(posted.stdout, '{"status":"success"}')
  await t.resolves(gateway.logged({ event: 'client-status', user: USER, status: 'Tunnel Up' }))
  const big = join(directory, 'big')
  await writeFile(big, Buffer.alloc(3_000_000, 32))
  const tooLarge = await addon('/', '--data-binary', `@${big}`, '-w', '%{http_code}')
  t.match(tooLarge.stdout, /413$/, 'a body of 3 MB')

  const refused = await addon('/steering/exceptions', '-w', '%{http_code}')
  t.equal(refused.stdout, '{"message":"Wrong or missing orgkey or userkey","status":"error"}403')
  t.not((await get('addon-acme.example.com', '/')).exitCode, 0, 'the certificate has no other name')
  t.equal((await addon('/', '--tls-max', '1.2')).exitCode, 0)
  t.not((await addon('/', '--tls-max', '1.1', '--ciphers', 'DEFAULT@SECLEVEL=0')).exitCode, 0, 'TLS 1.1')
})

void t.test('tunnel and services run beside each other, end together, and come back where they were', async (t) => {
  const { directory } = await tenantFor(t)
  const gateway = await gatewayOf(t, acme, withServices(directory))
  const { tunnel } = tunnelTo(t, gateway, acme)
  t.ok(await tunnel.session(5000))
  tunnel.close()
  await gateway.close()
  const again = await gatewayOf(t, acme, { before: gateway.part, ...withServices(directory) })
  t.strictSame(again.part, gateway.part)
})

void t.test('without them, or with a port that is taken', async (t) => {
  const gateway = await gatewayOf(t, acme)
  t.strictSame(Object.keys(gateway.part), ['routes'])
  const { directory } = await tenantFor(t)
  const first = await gatewayOf(t, acme, withServices(directory))
  const { addon, routes } = first.part
  await first.close()
  const taken = createServer().listen(addon!.port, addon!.ip)
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  await t.rejects(gatewayOf(t, acme, { before: first.part, ...withServices(directory) }), { code: 'port-in-use' })
  const tunnels = Object.fromEntries(Object.entries(routes).filter(([, { ip }]) => ip !== addon!.ip))
  const alone = await gatewayOf(t, acme, { before: first.part })
  t.strictSame(alone.part.routes, tunnels, 'the tunnel does not stay open alone')
})
