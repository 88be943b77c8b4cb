// Pure: a textual IP address as the 4 or 16 bytes it stands for, in network order.

/** The bytes of an IPv4 or IPv6 address (a zone such as `%eth0` is ignored); undefined when it is neither. */
export function ipBytes(ip: string): Uint8Array | undefined {
  return ip.includes(':') ? ipv6Bytes(ip) : ipv4Bytes(ip)
}

/** The 16 bytes of `::ffff:a.b.c.d` for the 4 bytes of `a.b.c.d` (RFC 4291 section 2.5.5.2). */
export function mappedBytes(ipv4: Uint8Array): Uint8Array {
  return Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...ipv4)
}

function ipv4Bytes(ip: string): Uint8Array | undefined {
  const parts = ip.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined
  return Uint8Array.from(parts, Number)
}

function ipv6Bytes(ip: string): Uint8Array | undefined {
  const [address = ''] = ip.split('%', 1)
  const halves = address.split('::')
  const [head, tail] = [groupBytes(halves[0]!), groupBytes(halves[1] ?? '')]
  if (halves.length > 2 || head === undefined || tail === undefined) return undefined
  const missing = 16 - head.length - tail.length
  // `::` stands for one group of zeros at least; without it all eight groups must be there.
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined
  const bytes = new Uint8Array(16)
  bytes.set(head)
  bytes.set(tail, 16 - tail.length)
  return bytes
}

/** The bytes of groups between colons, the last of which may be dotted IPv4. */
function groupBytes(groups: string): number[] | undefined {
  if (groups === '') return []
  const bytes: number[] = []
  const parts = groups.split(':')
  for (const [index, part] of parts.entries()) {
    const dotted = index === parts.length - 1 && part.includes('.') ? ipv4Bytes(part) : undefined
    if (dotted !== undefined) bytes.push(...dotted)
    else if (/^[0-9a-f]{1,4}$/i.test(part)) bytes.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 0xff)
    else return undefined
  }
  return bytes
}
