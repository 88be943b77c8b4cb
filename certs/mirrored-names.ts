// Pure: which names a leaf carries that stands in for an origin's certificate: the origin's own, as the real product has
// them (client-behaviour 4: `CN=*.medium.com`), but never without the host that the client asked for.

import { hostKey, hostName } from './host-name.js'

/** The names of an origin's certificate. */
export interface MirroredNames {
  readonly commonName?: string
  /** DNS names and IP addresses of its subjectAltName. */
  readonly names: readonly string[]
}

/** Names that are valid for a certificate, and its common name. */
export interface CarriedNames {
  readonly commonName: string
  readonly names: readonly [string, ...string[]]
}

/** More would make handshakes long for nothing: certificates of content networks list hundreds of strangers. */
const MOST_CARRIED = 100

/** Public authorities allow 100 to 250 names; what comes after these is not looked at. */
const MOST_READ = 250

/**
 * The origin's names if one of them covers the host, that one first, at most 100 (of the first 250); else the host
 * alone. Names that no certificate can carry are left out. `host` is a DNS name or an IP address, however written.
 */
export function namesToCarry(host: string, mirrored?: MirroredNames): CarriedNames {
  const [[key, name] = ['', host]] = carriable(host)
  const names = new Map(mirrored?.names.slice(0, MOST_READ).flatMap(carriable))
  // RFC 9525 6.3: `*` stands for exactly one label, the leftmost.
  const covering = [key, key.replace(/^[^.:]+/, '*')].find((wanted) => names.has(wanted))
  if (covering === undefined) return { commonName: name, names: [name] }
  const first = names.get(covering) ?? name
  names.delete(covering)
  const [[, commonName] = ['', first]] = carriable(mirrored?.commonName ?? '')
  return { commonName, names: [first, ...[...names.values()].slice(0, MOST_CARRIED - 1)] }
}

/** The name as a certificate has it, by its key; or nothing. */
function carriable(name: string): [key: string, name: string][] {
  const read = hostName(name)
  if (read === undefined) return []
  return [[hostKey(read), 'dns' in read ? read.dns : name]]
}
