// Pure: /etc/resolv.conf read and written (resolv.conf(5)). The agent asks the nameservers it lists; the captured
// namespace gets a copy that names the agent instead, with the search list and options the user's apps are used to.

import { parseAddress } from '../steering/address.js'
import type { Endpoint } from '../steering/flow.js'

/** What a resolv.conf says. */
export interface ResolvConf {
  /** In order of preference, at most 3 as in glibc (MAXNS), port 53; empty when the file names none. */
  readonly nameservers: readonly Endpoint[]
  /** The `search`, `domain` and `options` lines, as written. */
  readonly kept: readonly string[]
}

/** glibc asks no more than three (MAXNS in <resolv.h>). */
const MAX_NAMESERVERS = 3

const DNS_PORT = 53

/** Reads the text of a resolv.conf. Never throws: lines it does not know are ignored, as the resolver does. */
export function parseResolvConf(text: string): ResolvConf {
  const nameservers: Endpoint[] = []
  const kept: string[] = []
  for (const line of text.split('\n')) {
    // A keyword counts only at the start of a line; comments start with # or ;.
    const [keyword, value = ''] = line.trimEnd().split(/[ \t]+/, 2)
    if (keyword === 'nameserver' && parseAddress(value) !== undefined) nameservers.push({ ip: value, port: DNS_PORT })
    if (keyword === 'search' || keyword === 'domain' || keyword === 'options') kept.push(line.trimEnd())
  }
  return { nameservers: nameservers.slice(0, MAX_NAMESERVERS), kept }
}

/** The text of a resolv.conf with `nameserver` (an IP address) in the place of those in `parsed`. */
export function renderResolvConf(nameserver: string, parsed: ResolvConf): string {
  return [`nameserver ${nameserver}`, ...parsed.kept, ''].join('\n')
}
