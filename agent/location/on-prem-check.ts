/**
 * Whether the endpoint is on premises, by the plan of its configuration. Whatever goes wrong means that it is not, with
 * the reason in words.
 */

import { isIP } from 'node:net'
import type { Dialer } from '../outbound/dial.js'
import { parseAddressKey } from '../steering/address.js'
import type { Location } from '../steering/flow.js'
import { httpGet } from './http-get.js'
import type { OnPremPlan } from './on-prem-plan.js'
import { within } from './within.js'

/** What a check may use. */
export interface OnPremMeans {
  /** Addresses of a name, none when it has none or nobody could say. It is given names only. */
  resolve(host: string): Promise<readonly string[]>
  /** Its own time-out ends a connection that never comes; the check's answer does not wait for it. */
  readonly dial: Dialer
  /** Gives the check up: off-prem at once. */
  readonly signal: AbortSignal
  /** PEM of the authorities an https host's certificate may come from; left out = Node's own. */
  readonly roots?: string | undefined
}

/** Where the endpoint is, and in one sentence why. */
export interface OnPremAnswer {
  readonly location: Location
  readonly why: string
}

/** Longest wait for the name, ms; the real client's is not public. */
const DNS_TIMEOUT_MS = 5000

/** Most characters of the file that are quoted. */
const MOST_QUOTED = 60

/** Does what the plan says. Never rejects; ends within 5 s (DNS) or the plan's time-out (HTTP). */
export async function checkOnPrem(plan: OnPremPlan, means: OnPremMeans): Promise<OnPremAnswer> {
  if (plan.kind === 'none') return offPrem('On-premises detection is not configured')
  const answer = plan.kind === 'dns' ? await byDns(plan, means) : await byHttp(plan, means)
  if (answer.location === 'on-prem') return answer
  if (means.signal.aborted) return offPrem('The check was given up')
  const [first, ...more] = plan.ignored
  if (first === undefined) return answer
  const others = more.length === 0 ? '' : ` and ${more.length} more`
  return offPrem(`${answer.why} (not usable: ${JSON.stringify(first.slice(0, MOST_QUOTED))}${others})`)
}

async function byDns({ host, ips }: OnPremPlan & { kind: 'dns' }, means: OnPremMeans): Promise<OnPremAnswer> {
  const found = await within(DNS_TIMEOUT_MS, means.signal, () => addressesOf(host, means))
  if (found === undefined) return offPrem(`Nobody said within ${DNS_TIMEOUT_MS / 1000} s what address ${host} has`)
  if (found.length === 0) return offPrem(`${host} has no address`)
  const wanted = new Set(ips.map(parseAddressKey))
  const hit = found.find((ip) => wanted.has(parseAddressKey(ip)))
  if (hit !== undefined) return { location: 'on-prem', why: `${host} has the address ${hit}` }
  return offPrem(`${host} has the address ${found[0]}, which is not one of the configured`)
}

async function byHttp({ urls, timeoutMs }: OnPremPlan & { kind: 'http' }, means: OnPremMeans): Promise<OnPremAnswer> {
  const answer = await within(timeoutMs, means.signal, (over) => firstOk(urls, (url) => refusalOf(url, means, over)))
  return answer ?? offPrem(`No host answered 200 within ${timeoutMs / 1000} s`)
}

/** Asks all at once; the first that has nothing against it decides, or else the last answer. */
function firstOk(
  urls: readonly string[],
  refusalOf: (url: string) => Promise<string | undefined>,
): Promise<OnPremAnswer> {
  return new Promise((resolve) => {
    const refusals = urls.map(async (url) => {
      const refusal = await refusalOf(url)
      if (refusal === undefined) resolve({ location: 'on-prem', why: `${url} answered 200` })
      return `${url} ${refusal}`
    })
    void Promise.all(refusals).then(([first, ...more]) => {
      if (first === undefined) return resolve(offPrem('No host can be asked'))
      const others = more.length === 0 ? '' : `, and ${more.length} more did not either`
      resolve(offPrem(`No host answered 200: ${first}${others}`))
    })
  })
}

/** In words what a host did instead of answering 200; undefined when it did. */
async function refusalOf(text: string, means: OnPremMeans, over: AbortSignal): Promise<string | undefined> {
  const url = new URL(text)
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  let refusal = 'has no address'
  for (const ip of await addressesOf(url.hostname.replace(/^\[|\]$/g, ''), means)) {
    if (over.aborted) break
    const answer = await httpGet({ url, ip, port }, { dial: means.dial, over, roots: means.roots })
    if ('status' in answer) return answer.status === 200 ? undefined : `answered ${answer.status}`
    refusal = `did not (${answer.failure})`
  }
  return refusal
}

async function addressesOf(host: string, means: OnPremMeans): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  try {
    return await means.resolve(host)
  } catch {
    return []
  }
}

function offPrem(why: string): OnPremAnswer {
  return { location: 'off-prem', why }
}
