/** What the client's files and its version say of POP selection and of the tunnel's life. */

import t from 'tap'
import { selectionSettings, tunnelSettings } from '../../../agent/pop/settings.js'
import { configurationWith } from '../../support/policies.js'

const GSLB = { gslb: { host: 'gateway.gslb.goskope.com', port: '443' }, clientAssistedGSLBGTM: '1' }
const selection = (client: object, lab: object, release: number) =>
  selectionSettings(configurationWith({ client, lab }), release)

void t.test('the GSLB service is asked from client 96.1 on, where the tenant has it', async (t) => {
  const version = (clientVersion: string) => ({ pop: { clientVersion } })
  const cases: readonly [what: string, client: object, lab: object, release: number, why: string][] = [
    ['release 114', GSLB, {}, 114, ''],
    ['release 97', GSLB, {}, 97, ''],
    ['release 96, of which nobody says the rest', GSLB, {}, 96, 'client 96 is older than 96.1'],
    ['release 88', GSLB, {}, 88, 'client 88 is older than 96.1'],
    ['96.1', GSLB, version('96.1'), 88, ''],
    ['96.0', GSLB, version('96.0'), 114, 'client 96.0 is older than 96.1'],
    ['96.0.9', GSLB, version('96.0.9'), 114, 'client 96.0.9 is older than 96.1'],
    ['95.1', GSLB, version('95.1'), 114, 'client 95.1 is older than 96.1'],
    ['114.0.0.2150', GSLB, version('114.0.0.2150'), 88, ''],
    [
      'the flag is off',
      { ...GSLB, clientAssistedGSLBGTM: '0' },
      {},
      114,
      'the tenant has not set clientAssistedGSLBGTM',
    ],
    ['no flag', { gslb: GSLB.gslb }, {}, 114, 'the tenant has not set clientAssistedGSLBGTM'],
    ['no host', { clientAssistedGSLBGTM: '1' }, {}, 114, 'nsconfig.json names no gslb.host'],
    ['an empty host', { ...GSLB, gslb: { host: '' } }, {}, 114, 'nsconfig.json names no gslb.host'],
  ]
  for (const [what, client, lab, release, why] of cases) t.equal(selection(client, lab, release).whyNoGslb, why, what)
})

void t.test('where services and gateways are', async (t) => {
  t.strictSame(selection(GSLB, {}, 114), {
    whyNoGslb: '',
    gslb: { host: 'gateway.gslb.goskope.com', port: 443 },
    gateway: { host: 'gateway-lab.goskope.com', port: 443 },
    backupHost: 'gateway-backup-lab.goskope.com',
    pinned: '',
    ratio: 1.25,
    marginMs: 20,
  })
  const nsgw = { host: 'gateway-acme.goskope.com', port: 4443 }
  const own = { nsgw, gslb: { host: 'gslb.example', port: '8443' } }
  const lab = { pop: { pinned: 'US-ORD1', switchRatio: 2, switchMarginMs: 0 } }
  t.match(selection(own, lab, 114), {
    gslb: { host: 'gslb.example', port: 8443 },
    gateway: nsgw,
    backupHost: '',
    pinned: 'US-ORD1',
    ratio: 2,
    marginMs: 0,
  })
  t.equal(selection({ gslb: { host: 'gslb.example', port: '' } }, {}, 114).gslb.port, 443)
})

void t.test('the life of the tunnel', async (t) => {
  t.strictSame(tunnelSettings(configurationWith()), {
    wanted: 'TLS',
    reselectMs: 14 * 60_000,
    degradedMs: 60_000,
    backoff: { firstMs: 250, longestMs: 10_000 },
    drainMs: 30_000,
    keepAlive: { pingAfterMs: 5000, pongWithinMs: 5000 },
    waitMs: 5000,
  })
  const tunnel = {
    keepAliveSeconds: 1,
    keepAliveWithinSeconds: 0.5,
    longestBackoffSeconds: 2,
    drainSeconds: 0,
    waitSeconds: 0,
  }
  const lab = { pop: { reselectSeconds: 60 }, tunnel }
  t.match(tunnelSettings(configurationWith({ client: { protocol: 'dtls' }, lab })), {
    wanted: 'DTLS',
    reselectMs: 60_000,
    backoff: { longestMs: 2000 },
    drainMs: 0,
    keepAlive: { pingAfterMs: 1000, pongWithinMs: 500 },
    waitMs: 0,
  })
})
