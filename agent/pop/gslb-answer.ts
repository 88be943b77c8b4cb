// Pure: what the GSLB service answers (client-behaviour 3.2): the POPs near a client, and which of them it is to use. One
// entry that is wrong makes the whole answer wrong: half a list would hide POPs without a word.

import { isIP, isIPv4 } from 'node:net'
import * as z from 'zod'
import { hostName } from '../../certs/host-name.js'
import { matching } from '../config/schema/strict-values.js'
import { listOf, objectOf, port, textThat } from '../config/schema/values.js'
import type { HttpsAnswer } from '../outbound/https-client.js'
import type { HttpsFailure } from '../outbound/https-failure.js'
import type { Pop } from './pop.js'
import { malformed, readAnswer } from './read-answer.js'

/** The POPs the service names for this client. */
export interface GslbList {
  /** Goes back to the service with the round trips. */
  readonly requestId: string
  /** The address the service sees the client by, and the country that is in, two capital letters; '' when unknown. */
  readonly egressIp: string
  readonly country: string
  /** In the service's order, nearest first; at least one. */
  readonly pops: readonly Pop[]
}

/** What the service makes of the round trips: its POPs in the order it prefers. */
export interface GslbChoice {
  readonly pops: readonly { readonly name: string; readonly ip: string }[]
}

/** More than the client asks of any list (`npa_gslb_client_pop_count` is 10); ours. */
const MOST_POPS = 64

/** Of these one is used. */
const MOST_ENDPOINTS = 16

/** POPs have no port of their own in the answer: tunnels go to 443 (client-behaviour 3.3). */
const TUNNEL_PORT = 443

const IPV4 = textThat('an IPv4 address', isIPv4)
const NAME = matching(/^\w[\w-]{0,31}$/, 'the name of a POP, such as US-ORD1')
const GATEWAY = textThat('a host name', (text) => {
  const name = hostName(text)
  return name !== undefined && 'dns' in name && name.dns === text && !text.startsWith('*')
})

const ENDPOINT = objectOf({
  ip: IPV4,
  port,
  scheme: matching(/^\w{1,16}$/, 'a scheme, such as http').optional(),
  // It goes into a request as it is.
  path: matching(/^\/[\x21-\x7e]{0,255}$/, 'a path of at most 256 printable characters').optional(),
})

const POP = objectOf({
  name: NAME,
  dp_gateway_fqdn: GATEWAY,
  ip_address: IPV4,
  distance: z.number({ error: 'a number from 0' }).min(0, { error: 'a number from 0' }).optional(),
  rtt_endpoints: listOf(ENDPOINT, 'a list')
    .max(MOST_ENDPOINTS, { error: `at most ${MOST_ENDPOINTS}` })
    .optional(),
})

const LIST = objectOf({
  request_id: matching(/^[\x21-\x7e]{1,256}$/, 'a word of at most 256 printable characters'),
  egress_ip: textThat('an IP address', (text) => isIP(text) !== 0),
  client_country: matching(/^(?:[A-Z]{2})?$/, 'two capital letters, or an empty string'),
  pops: popsOf(POP),
})

const CHOICE = objectOf({ pops: popsOf(objectOf({ name: NAME, ip: IPV4 })) })

/** Reads the answer to GET. No POP at all is a failure. Never throws. */
export function readGslbList(answer: Pick<HttpsAnswer, 'status' | 'body'>): GslbList | HttpsFailure {
  const read = readAnswer(answer, LIST)
  if ('failure' in read) return read
  const { request_id: requestId, egress_ip: egressIp, client_country: country, pops } = read.value
  return pops.length === 0 ? NO_POP : { requestId, egressIp, country, pops: pops.map(popOf) }
}

/** Reads the answer to POST. No POP at all is a failure. Never throws. */
export function readGslbChoice(answer: Pick<HttpsAnswer, 'status' | 'body'>): GslbChoice | HttpsFailure {
  const read = readAnswer(answer, CHOICE)
  if ('failure' in read) return read
  const { pops } = read.value
  return pops.length === 0 ? NO_POP : { pops: pops.map(({ name, ip }) => ({ name, ip })) }
}

const NO_POP = malformed('the answer names no POP')

function popsOf<Entry extends z.ZodType<{ name: string }>>(entry: Entry) {
  return listOf(entry, 'a list of POPs')
    .max(MOST_POPS, { error: `at most ${MOST_POPS} POPs` })
    .refine((pops) => new Set(pops.map(({ name }) => name)).size === pops.length, { error: 'each POP once' })
}

function popOf({ name, dp_gateway_fqdn, ip_address, distance, rtt_endpoints = [] }: z.output<typeof POP>): Pop {
  // Of the schemes only `http` was seen, and only that is spoken.
  const probe = rtt_endpoints.find(({ scheme = 'http' }) => scheme === 'http')
  return {
    name,
    gateway: dp_gateway_fqdn,
    ip: ip_address,
    port: TUNNEL_PORT,
    ...(distance === undefined ? {} : { distance }),
    ...(probe === undefined ? {} : { probe: { ip: probe.ip, port: probe.port, path: probe.path ?? '/' } }),
  }
}
