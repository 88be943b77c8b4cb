/** The cloud's names: which POP is whose gateway, and what is not ours. */

import t from 'tap'
import { DOH_ADDRESSES, GSLB_ADDRESS, SERVICE_ADDRESS } from '../../../gateway/cloud-addresses.js'
import { addressesOf, type Cloud, isGatewayName } from '../../../gateway/services/cloud-names.js'
import { CLOUD, TABLE } from '../../support/cloud-dns.js'

const [ORD, LON, TYO] = ['127.18.0.1', '127.18.0.2', '127.18.0.3']
const IN = { chicago: '198.51.100.9', london: '203.0.113.1', tokyo: '203.0.113.200' }

/** The cloud with no POP up but these. */
function withUp(...names: readonly string[]): Cloud {
  const pops = TABLE.pops.map((pop) => ({ ...pop, up: names.includes(pop.name) }))
  return { ...CLOUD, table: { ...TABLE, pops } }
}

const TYO_IS_BACKUP = { ...CLOUD, table: { ...TABLE, backup: 'JP-TYO1' } }
const DOWN_IS_BACKUP = { ...CLOUD, table: { ...TABLE, backup: 'JP-TYO2' } }

void t.test('who is told what', async (t) => {
  const cases: ReadonlyArray<readonly [why: string, name: string, ip: string, cloud: Cloud, addresses: unknown]> = [
    ['the nearest POP', 'gateway-lab.goskope.com', IN.chicago, CLOUD, [ORD]],
    ['the nearest POP, elsewhere', 'gateway-lab.goskope.com', IN.london, CLOUD, [LON]],
    ['a nearer POP is down', 'gateway-lab.goskope.com', IN.tokyo, withUp('UK-LON1', 'US-ORD1'), [LON]],
    ['a client on this machine', 'gateway-lab.goskope.com', '127.0.0.1', CLOUD, [ORD]],
    ['capital letters', 'Gateway-LAB.GoSkope.Com', IN.london, CLOUD, [LON]],
    ['a dot at the end', 'gateway-lab.goskope.com.', IN.london, CLOUD, [LON]],
    ['all POPs are down', 'gateway-lab.goskope.com', IN.london, withUp(), []],
    ['the backup is the second nearest', 'gateway-backup-lab.goskope.com', IN.london, CLOUD, [ORD]],
    ['the backup of the table', 'gateway-backup-lab.goskope.com', IN.london, TYO_IS_BACKUP, [TYO]],
    ['the backup of the table is down', 'gateway-backup-lab.goskope.com', IN.london, DOWN_IS_BACKUP, [ORD]],
    ['one POP is its own backup', 'gateway-backup-lab.goskope.com', IN.london, withUp('JP-TYO1'), [TYO]],
    ['no POP, no backup', 'gateway-backup-lab.goskope.com', IN.london, withUp(), []],
    ['a POP by its own name', 'gateway-tyo1.goskope.com', IN.london, CLOUD, [TYO]],
    ['a POP that is down', 'gateway-tyo2.goskope.com', IN.london, CLOUD, []],
    ['GSLB', 'gateway.gslb.goskope.com', IN.london, CLOUD, [GSLB_ADDRESS]],
    ['DNS over HTTPS', 'dns.google', IN.london, CLOUD, DOH_ADDRESSES],
    ['the add-on service', 'addon-lab.goskope.com', IN.london, CLOUD, [SERVICE_ADDRESS]],
    ['its checker', 'achecker-lab.goskope.com', IN.london, CLOUD, [SERVICE_ADDRESS]],
    ['the other checker', 'sfchecker.goskope.com', IN.london, CLOUD, [SERVICE_ADDRESS]],
    ['a tenant of a region', 'gateway-lab.de.goskope.com', IN.london, { ...CLOUD, tenant: 'lab.de' }, [LON]],
    ['another tenant', 'gateway-acme.goskope.com', IN.london, CLOUD, 'not-ours'],
    ["another tenant's add-on service", 'addon-acme.goskope.com', IN.london, CLOUD, 'not-ours'],
    ['a POP nobody has', 'gateway-muc1.goskope.com', IN.london, CLOUD, 'not-ours'],
    ['below a name of ours', 'www.gateway-lab.goskope.com', IN.london, CLOUD, 'not-ours'],
    ['above it', 'goskope.com', IN.london, CLOUD, 'not-ours'],
    ['two dots at the end', 'dns.google..', IN.london, CLOUD, 'not-ours'],
    ['the root', '', IN.london, CLOUD, 'not-ours'],
  ]
  for (const [why, name, ip, cloud, addresses] of cases) t.strictSame(addressesOf(name, ip, cloud), addresses, why)
})

void t.test('which names lead to a POP', async (t) => {
  const gateways = ['gateway-lab.goskope.com', 'GATEWAY-backup-lab.goskope.com.', 'gateway-tyo2.goskope.com']
  for (const name of gateways) t.equal(isGatewayName(name, CLOUD), true, name)
  const others = ['gateway.gslb.goskope.com', 'dns.google', 'addon-lab.goskope.com', 'gateway-acme.goskope.com', '']
  for (const name of others) t.equal(isGatewayName(name, CLOUD), false, `"${name}" does not`)
})
