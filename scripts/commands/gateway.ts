/** `steerlab gateway`: the mock cloud alone in the foreground, for tools that speak to it directly. */

import type { CommandModule } from 'yargs'
import { loadSet } from '../../agent/config/load.js'
import { writeDefaultConfiguration } from '../../agent/config/write-defaults.js'
import { ControlClient } from '../../agent/control/control-client.js'
import { SteerError, userMistake } from '../../agent/errors.js'
import { ensureTenantCertificates } from '../../certs/tenant-authority.js'
import { DOH_ADDRESSES, GSLB_ADDRESS, OTHER_TENANT_ADDRESS, SERVICE_ADDRESS } from '../../gateway/cloud-addresses.js'
import type { CloudPart } from '../../gateway/cloud-part.js'
import { loadInspection } from '../../gateway/inspect/settings/find-inspection.js'
import type { Pop } from '../../gateway/pops/pop.js'
import { choosePops } from '../process/choose-pops.js'
import type { Home } from '../process/home.js'
import { makeHome } from '../process/make-home.js'
import { ServiceChild } from '../process/service-child.js'
import { DEFAULT_TENANT, tenantOf } from '../process/tenant.js'
import { homeOf, lastOf, print, table } from './common.js'

interface GatewayArguments {
  readonly home?: string | undefined
  readonly pops?: string | undefined
  readonly only?: readonly string[] | undefined
  readonly json: boolean
}

/** What has a public address of the cloud. */
const SERVICES: Readonly<Record<string, string>> = {
  [GSLB_ADDRESS]: 'GSLB',
  [SERVICE_ADDRESS]: 'add-on (443), checker (80)',
  [OTHER_TENANT_ADDRESS]: "another tenant's gateway",
  ...Object.fromEntries(DOH_ADDRESSES.map((address) => [address, 'DNS over HTTPS'])),
}

function nameAt(address: string, pops: readonly Pop[]): string {
  return SERVICES[address] ?? pops.find((pop) => pop.address === address)?.name ?? ''
}

/** Where the parts of a cloud listen, as a table. */
export function cloudText({ ldns, routes }: CloudPart, pops: readonly Pop[]): string {
  const rows = Object.entries(routes).map(([stands, { ip, port }]) => [
    nameAt(stands.split(':')[0] ?? '', pops),
    stands,
    `${ip}:${port}`,
  ])
  if (ldns !== undefined) rows.push(['local DNS', 'UDP and TCP', `${ldns.ip}:${ldns.port}`])
  return table([['WHAT', 'STANDS FOR', 'LISTENS AT'], ...rows])
}

/** Whether an agent runs in the home. */
async function isInUse({ controlSocket }: Home): Promise<boolean> {
  const client = await ControlClient.open(controlSocket)
  client?.close()
  return client !== undefined
}

export const gatewayCommand: CommandModule<object, GatewayArguments> = {
  command: 'gateway',
  describe: 'Run the mock cloud alone until Ctrl-C: POPs, GSLB, DoH, LDNS, add-on service',
  builder: (yargs) =>
    yargs
      // Every --only counts, and so does every POP behind one; of the others the last.
      .parserConfiguration({ 'populate--': true, 'parse-positional-numbers': false, 'duplicate-arguments-array': true })
      .coerce(['home', 'pops'], lastOf)
      .option('pops', { type: 'string', requiresArg: true, describe: 'A JSON file with the POPs' })
      .option('only', { type: 'string', array: true, requiresArg: true, describe: 'These POPs only, and no services' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 gateway', 'All POPs and services of the home')
      .example('$0 gateway --pops pops.json --only US-ORD1', 'One POP') as never,
  handler: async (argv) => {
    const home = homeOf(argv)
    const tablePops = await choosePops(argv.pops, home.root)
    const names = tablePops.pops.map(({ name }) => name)
    const unknown = argv.only?.find((name) => !names.includes(name))
    if (unknown !== undefined)
      throw userMistake('no-such-pop', `there is no POP ${unknown}; there are ${names.join(', ')}`)
    makeHome(home)
    await writeDefaultConfiguration(home.stagent, DEFAULT_TENANT)
    const { configuration } = await loadSet(home.stagent)
    const identity = tenantOf(configuration)
    loadInspection(home.inspection)
    await ensureTenantCertificates({ home: home.root, ...identity, now: new Date() })
    const { OrgKey: orgKey = '', AddonCheckerResponseCode: responseCode = '' } = configuration.branding
    const child = new ServiceChild()
    let stopped = false
    const stop = (): void => {
      stopped = true
      void child.stop()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
    if (await isInUse(home))
      process.stderr.write('steerlab: a lab runs in this home; this is a second cloud beside it\n')
    const services = argv.only === undefined ? { orgKey, responseCode } : undefined
    const start = {
      service: 'gateway',
      home: home.root,
      ...identity,
      table: tablePops,
      only: argv.only,
      services,
    } as const
    const ready = await child.begin({ ...start, faults: [] }).catch((error: unknown) => {
      if (stopped) return undefined
      throw error
    })
    if (ready === undefined) return
    const { part } = ready
    print(argv.json, part, () => cloudText(part, tablePops.pops))
    const how = await child.ended
    if (!stopped) throw new SteerError('service-failed', `the gateway is gone: ${how}`)
  },
}
