// Pure: the flow a command line of `steerlab explain` means.

import { isIP } from 'node:net'
import { userMistake } from '../../agent/errors.js'
import { canonicalAddress } from '../../agent/steering/address.js'
import type { FlowFacts, Situation } from '../../agent/steering/flow.js'
import { normalizeHost } from '../../agent/steering/match-domain.js'

/** What may be said of a flow beside its target. */
export interface FlowWords {
  readonly process?: string | undefined
  readonly ip?: string | undefined
  readonly proto?: 'tcp' | 'udp' | undefined
  readonly source?: string | undefined
  readonly dnsType?: string | undefined
}

/** What may be said of the endpoint. */
export interface EndpointWords {
  readonly onPrem?: boolean | undefined
  readonly managed?: boolean | undefined
  readonly unmanaged?: boolean | undefined
  readonly country?: string | undefined
  readonly tunnelDown?: boolean | undefined
}

const TARGET = /^(?:\[(?<v6>[^\]]*)\](?::(?<port6>\d+))?|(?<host>[^:]+)(?::(?<port>\d+))?)$/

/** The flow to a target; what is not said is ''. Throws a user's mistake: `bad-target` or `bad-option`. */
export function flowToTarget(target: string, words: FlowWords): FlowFacts {
  const { name, ip, port } = parseTarget(target)
  const { dnsType } = words
  const facts = {
    source: { ip: words.source === undefined ? '' : addressOf('--source', words.source), port: 0 },
    process: words.process ?? 'unknown',
  }
  const given = words.ip === undefined ? ip : addressOf('--ip', words.ip)
  if (dnsType === undefined) {
    const destination = { ip: given, port: port ?? 443 }
    // The bytes are taken as read: the name in them is the target.
    return { ...facts, transport: words.proto ?? 'tcp', destination, host: name, sniffed: 'tls' }
  }
  const type = dnsType.toUpperCase()
  if (!/^[A-Z][A-Z0-9]{0,15}$/.test(type)) throw userMistake('bad-option', `--dns-type ${dnsType} is no record type`)
  if (name === '') throw userMistake('bad-target', 'with --dns-type the target is the name that is asked for')
  const destination = { ip: words.ip === undefined ? '' : given, port: port ?? 53 }
  return { ...facts, transport: words.proto ?? 'udp', destination, host: '', sniffed: 'opaque', query: { name, type } }
}

/** What of a situation is said otherwise. Throws a user's mistake `bad-option`. */
export function situationSaid(usual: Situation, words: EndpointWords): Situation {
  const { onPrem, managed, unmanaged, country, tunnelDown } = words
  if (country !== undefined && !/^[A-Za-z]{2}$/.test(country))
    throw userMistake('bad-option', `--country ${country} is not two letters, such as DE`)
  return {
    location: onPrem === undefined ? usual.location : onPrem ? 'on-prem' : 'off-prem',
    device: managed ? 'managed' : unmanaged ? 'unmanaged' : usual.device,
    country: country?.toUpperCase() ?? usual.country,
    tunnel: tunnelDown ? 'down' : usual.tunnel,
  }
}

function parseTarget(target: string): { name: string; ip: string; port: number | undefined } {
  const parts = isIP(target) === 0 ? TARGET.exec(target)?.groups : { host: target }
  const port = parts?.['port'] ?? parts?.['port6']
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535))
    throw userMistake('bad-target', `${port} is no port, 1 to 65535`)
  const host = parts?.['v6'] ?? parts?.['host'] ?? ''
  const place = { port: port === undefined ? undefined : Number(port) }
  if (isIP(host) !== 0) return { ...place, name: '', ip: addressOf('', host) }
  // What looks like an address and is none would pass as a name.
  const name = /^[\d.]*$/.test(host) || parts?.['v6'] !== undefined ? '' : normalizeHost(host)
  if (name === '')
    throw userMistake('bad-target', `${JSON.stringify(target)} is no HOST, IP, HOST:PORT, IP:PORT or [IPv6]:PORT`)
  return { ...place, name, ip: '' }
}

function addressOf(option: string, text: string): string {
  const ip = text.replace(/%.*$/, '')
  if (isIP(ip) === 0) throw userMistake('bad-option', `${option} ${text} is no IP address`)
  return canonicalAddress(ip)
}
