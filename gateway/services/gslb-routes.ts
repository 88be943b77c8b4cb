// Pure: the GSLB service's REST interface, by which a client finds its POPs, and the answer of each call. Paths and JSON of
// the answers are the real ones as far as they are public (client-behaviour 3.2). Ours are: the body of the POST, its 400,
// the 404 of an id that is not the tenant's OrgKey, distances in km, how many POPs are named, what `version` is made of,
// and that round trips are measured by plain HTTP on port 80.

import { createHash } from 'node:crypto'
import { isIPv4 } from 'node:net'
import * as z from 'zod'
import { checkJson } from '../../agent/config/check.js'
import { matching } from '../../agent/config/schema/strict-values.js'
import { listOf, name, textThat } from '../../agent/config/schema/values.js'
import { OTHER_TENANT_ADDRESS } from '../cloud-addresses.js'
import { PROBE_PORT } from '../cloud-part.js'
import { clientOf, type NearPop, nearestPops } from '../pops/nearest.js'
import type { Pop, PopTable } from '../pops/pop.js'
import { failure, type HttpAnswer, type HttpRequest, json, withHeaders } from './http-answer.js'

/** What the answers are made of. */
export interface GslbFacts {
  readonly table: PopTable
  /** The footprint ids that are known. */
  readonly orgKeys: readonly string[]
  /** 0 to 1, as Math.random. */
  readonly random: () => number
}

/** A POP of nobody here: what a service says that takes the client for another tenant's. */
export const OTHER_TENANTS_POP: Pop = {
  name: 'US-OTH1',
  gateway: 'gateway-other.goskope.com',
  address: OTHER_TENANT_ADDRESS,
  country: 'US',
  latitude: 37.4,
  longitude: -122,
  rttMs: 0,
  jitterMs: 0,
  capacity: 0,
  up: true,
}

/** POPs an answer names at most: twice the ten that a client probes (client-behaviour 3.2). */
const MOST_NAMED = 20

/** Round trips a client may post; more is not what it was told. */
const MOST_POSTED = 64

/** Longest round trip, ms: no client waits so long. */
const LONGEST_RTT_MS = 120_000

/** Bytes of a request id; how many the real one has is not public. */
const REQUEST_ID_BYTES = 12

/** Digits of the list's version, as in the public sample. */
const VERSION_DIGITS = 5

const FOOTPRINT = /^\/api\/v0\.[12]\/footprint\/([^/]+)$/

const RTTS = `a list of at most ${MOST_POSTED} POPs`
const RTT = `a number of ms from 0 to ${LONGEST_RTT_MS}, or null`

/** Keys we do not know are left out: what the real client posts is not public. */
const postSchema = z.object(
  {
    request_id: matching(/^[\w-]{1,64}$/, 'the request_id of an answer'),
    pops: listOf(
      z.object(
        {
          name,
          ip: textThat('an IPv4 address', isIPv4),
          rtt: z.number({ error: RTT }).min(0, { error: RTT }).max(LONGEST_RTT_MS, { error: RTT }).nullable(),
        },
        { error: 'an object with name, ip and rtt' },
      ),
      RTTS,
    ).max(MOST_POSTED, { error: RTTS }),
  },
  { error: 'an object with request_id and pops' },
)

/** The answer to a request. */
export function answerGslb({ method, path, body, clientIp }: HttpRequest, facts: GslbFacts): HttpAnswer {
  const id = FOOTPRINT.exec(path)?.[1]
  if (id === undefined) return failure(404, 'There is nothing here')
  if (method !== 'GET' && method !== 'POST')
    return withHeaders(failure(405, 'Only GET and POST are possible here'), { allow: 'GET, POST' })
  if (!facts.orgKeys.includes(id)) return failure(404, 'There is no such footprint')
  return method === 'GET' ? footprint(clientIp, facts) : chosen(clientIp, facts, body)
}

/** A path without the key in it, for logs. */
export function withoutFootprint(path: string): string {
  return path.replace(/(?<=\/footprint\/).+/s, '***')
}

function footprint(clientIp: string, { table, random }: GslbFacts): HttpAnswer {
  const client = clientOf(table, clientIp)
  return json({
    egress_ip: client.ip,
    request_id: requestId(random),
    scope: 'default',
    version: createHash('sha256').update(JSON.stringify(table)).digest('hex').slice(0, VERSION_DIGITS),
    rtt_protocol: 'tcp',
    client_country: client.country,
    pops: named(table, clientIp).map(({ pop, distanceKm, inCountry }) => ({
      name: pop.name,
      distance: Math.round(distanceKm * 100) / 100,
      rtt_endpoints: [{ ip: pop.address, port: PROBE_PORT, scheme: 'http', path: '/' }],
      country: pop.country,
      in_country: inCountry,
      dp_gateway_fqdn: pop.gateway,
      ip_address: pop.address,
    })),
  })
}

/** The POPs that are named, by the round trips the client measured; those without one follow, nearest first. */
function chosen(clientIp: string, { table }: GslbFacts, body: string): HttpAnswer {
  const checked = checkJson('the body', postSchema, body)
  if ('problems' in checked) return failure(400, checked.problems.join('; '))
  const posted = checked.value as z.infer<typeof postSchema>
  const rtts = new Map(posted.pops.map(({ ip, rtt }) => [ip, rtt]))
  // Not Infinity: the difference of two of them is no number.
  const pops = named(table, clientIp)
    .map(({ pop }) => ({ pop, rtt: rtts.get(pop.address) ?? Number.MAX_VALUE }))
    .sort((a, b) => a.rtt - b.rtt)
    .map(({ pop }) => ({ name: pop.name, ip: pop.address }))
  return json({ egress_ip: clientOf(table, clientIp).ip, request_id: posted.request_id, scope: 'default', pops })
}

function named(table: PopTable, clientIp: string): readonly NearPop[] {
  return nearestPops(table, clientIp).slice(0, MOST_NAMED)
}

function requestId(random: () => number): string {
  return Buffer.from(Array.from({ length: REQUEST_ID_BYTES }, () => Math.floor(random() * 256))).toString('base64url')
}
