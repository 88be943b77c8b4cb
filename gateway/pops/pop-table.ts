// Pure: a user's own table of mock POPs, read and checked. The format is ours.

import { isIPv4 } from 'node:net'
import * as z from 'zod'
import { checkJson } from '../../agent/config/check.js'
import { matching, numberFrom, only, wholeNumber } from '../../agent/config/schema/strict-values.js'
import { listOf, textThat, truth } from '../../agent/config/schema/values.js'
import { userMistake } from '../../agent/errors.js'
import { DOH_ADDRESSES, GSLB_ADDRESS, OTHER_TENANT_ADDRESS, SERVICE_ADDRESS } from '../cloud-addresses.js'
import { DEFAULT_CAPACITY, DEFAULT_POP_TABLE } from './default-pops.js'
import type { PopTable } from './pop.js'

/** Most POPs of a table: each has a loopback address of its own, and three listeners. */
const MOST_POPS = 64

/** Longest simulated round trip, ms: no client waits so long. */
const LONGEST_RTT_MS = 10_000

const address = textThat('an IPv4 address such as 163.116.133.35', isIPv4)

/** Addresses of the cloud's own services: a POP there would be one of them. */
const TAKEN: ReadonlySet<string> = new Set([GSLB_ADDRESS, SERVICE_ADDRESS, OTHER_TENANT_ADDRESS, ...DOH_ADDRESSES])
const popAddress = textThat(
  "an IPv4 address such as 163.116.133.35, and not one of the cloud's own services",
  (text) => isIPv4(text) && !TAKEN.has(text),
)
const country = matching(/^[A-Z]{2}$/, 'a country as two capital letters')
const place = { country, latitude: numberFrom(-90, 90), longitude: numberFrom(-180, 180) }

const pop = only({
  name: matching(/^[A-Z]{2}-[A-Z]{3}\d+$/, 'a name such as US-ORD1'),
  gateway: matching(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.(?:eu|de|au))?\.goskope\.com$/,
    'a host such as gateway-ord1.goskope.com or gateway-fra1.de.goskope.com',
  ),
  address: popAddress,
  ...place,
  rttMs: numberFrom(0, LONGEST_RTT_MS).default(0),
  jitterMs: numberFrom(0, LONGEST_RTT_MS).default(0),
  capacity: wholeNumber(0, 1_000_000).default(DEFAULT_CAPACITY),
  up: truth.default(true),
})

const POPS = `a list of 1 to ${MOST_POPS} POPs`
const BACKUP = 'the name of one of the POPs'
const region = only({ prefix: textThat('an IPv4 CIDR such as 192.0.2.0/24', isPrefix), ...place })

const schema = only({
  pops: listOf(pop, POPS).min(1, { error: POPS }).max(MOST_POPS, { error: POPS }),
  regions: listOf(region, 'a list of regions').default([...DEFAULT_POP_TABLE.regions]),
  egress: address.default(DEFAULT_POP_TABLE.egress),
  backup: z.string({ error: BACKUP }).optional(),
}).superRefine(({ pops, backup }, { addIssue }) => {
  for (const key of ['name', 'gateway', 'address'] as const)
    for (const [index, { [key]: value }] of pops.entries())
      if (pops.findIndex((other) => other[key] === value) !== index)
        addIssue({ code: 'custom', path: ['pops', index, key], message: 'one that no other POP has' })
  if (backup !== undefined && !pops.some(({ name }) => name === backup))
    addIssue({ code: 'custom', path: ['backup'], message: BACKUP })
})

/**
 * The table in the text of a file that problems call `path`. Of a POP may be left out: `rttMs` and `jitterMs` (0),
 * `capacity` (256) and `up` (true); of the table: `regions` and `egress` (the built-in ones), and `backup`. Throws a
 * user's mistake `bad-pop-table` with a line for each problem.
 */
export function readPopTable(text: string, path: string): PopTable {
  const checked = checkJson(path, schema, text)
  if ('problems' in checked)
    throw userMistake('bad-pop-table', [`The POP table ${path} cannot be used:`, ...checked.problems].join('\n'))
  const { backup, ...table } = checked.value as z.infer<typeof schema>
  return backup === undefined ? table : { ...table, backup }
}

function isPrefix(text: string): boolean {
  const [network = '', length = '', ...more] = text.split('/')
  return more.length === 0 && isIPv4(network) && /^(?:[12]?\d|3[0-2])$/.test(length)
}
