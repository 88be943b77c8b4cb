// Pure: how the client finds out whether it is on premises, from `onpremcheck` in nsconfig.json: a name must have one of
// some addresses, or a web server must answer 200 (client-behaviour 1.2 and 6).

import { isIPv6 } from 'node:net'
import type { ClientConfig } from '../config/schema/nsconfig.js'
import { parseAddress } from '../steering/address.js'

/** What is to be done. `ignored` are entries of the file nobody can act on, as written. */
export type OnPremPlan =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'dns'
      readonly host: string
      /** Addresses in text; any one is enough. */
      readonly ips: readonly string[]
      readonly ignored: readonly string[]
    }
  | {
      readonly kind: 'http'
      /** `http:` and `https:` URLs in their normal form; any one is enough. */
      readonly urls: readonly string[]
      /** For all of them together, ms. */
      readonly timeoutMs: number
      readonly ignored: readonly string[]
    }

/** Time-out where the file says none, and the longest (client-behaviour 6), seconds. */
const DEFAULT_SECONDS = 10
const MOST_SECONDS = 60

/** All are asked at once; what is beyond is ignored. Ours. */
const MOST_HOSTS = 16

/**
 * The plan for a checked nsconfig.json. DNS when `onprem_use_dns` says so, else HTTP when a host is given; which of the
 * two the real client prefers is not public.
 */
export function onPremPlan(check: ClientConfig['onpremcheck']): OnPremPlan {
  if (check === undefined) return { kind: 'none' }
  if (/^(1|true)$/i.test(check.onprem_use_dns ?? '')) {
    const host = check.onprem_host?.trim() ?? ''
    const entries = listed(check.onprem_ip, check.onprem_additional_ips)
    if (host === '' || entries.length === 0) return { kind: 'none' }
    const ips = entries.filter((entry) => parseAddress(entry) !== undefined)
    return { kind: 'dns', host, ips, ignored: entries.filter((entry) => !ips.includes(entry)) }
  }
  const entries = listed(check.onprem_http_host, check.onprem_additional_http_hosts)
  if (entries.length === 0) return { kind: 'none' }
  const urls = new Set<string>()
  const ignored: string[] = []
  for (const entry of entries) {
    const url = urlOf(entry)
    if (url === undefined || urls.size === MOST_HOSTS) ignored.push(entry)
    else urls.add(url)
  }
  const seconds = Number(check.onprem_http_tcp_connection_timeout ?? '') || DEFAULT_SECONDS
  return { kind: 'http', urls: [...urls], timeoutMs: Math.min(seconds, MOST_SECONDS) * 1000, ignored }
}

function listed(first: string | undefined, more: readonly string[] | undefined): readonly string[] {
  return [first ?? '', ...(more ?? [])].map((entry) => entry.trim()).filter((entry) => entry !== '')
}

/** `intra.corp:8080`, `https://intra.corp/check`; undefined for what is no address of a web server. */
function urlOf(entry: string): string | undefined {
  const text = entry.includes('://') ? entry : `http://${isIPv6(entry) ? `[${entry}]` : entry}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url.href : undefined
}
