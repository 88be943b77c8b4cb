/** `steerlab map`: which host each address belongs to, as the agent learnt it from DNS. */

import type { CommandModule } from 'yargs'
import type { HostMapEntry } from '../../agent/dns/host-map.js'
import { askAgent, homeOf, print, table } from './common.js'

interface MapArguments {
  readonly home?: string | undefined
  readonly json: boolean
}

/** Mappings as a table: host, address, when and from which query it was learnt, TTL left in seconds. */
export function mapText(entries: readonly HostMapEntry[]): string {
  const rows = entries.map(({ host, ip, learntAt, query, ttlLeft }) => [
    host,
    ip,
    new Date(learntAt).toISOString(),
    `${query.type} ${query.name}`,
    `${ttlLeft} s`,
  ])
  return table([['HOST', 'ADDRESS', 'LEARNT', 'QUERY', 'TTL LEFT'], ...rows])
}

export const mapCommand: CommandModule<object, MapArguments> = {
  command: 'map',
  describe: 'Show which host each address belongs to, as learnt from DNS',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 map', 'What the agent learnt so far'),
  handler: async (argv) => {
    const entries = (await askAgent(homeOf(argv), 'map')) as HostMapEntry[]
    print(argv.json, entries, () => mapText(entries))
  },
}
