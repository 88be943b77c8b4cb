// Pure: the host that a request names, in Host or in :authority: what may stand there, and when two of them name the same.

const HOST = /^(\[[\da-f:.]+\]|[^\s/?#@\\,:[\]]*)(:\d*)?$/i

/** Whether a Host or :authority is a host, with a port or without (RFC 9110 7.2); the empty one is. */
export function isHostField(text: string): boolean {
  return HOST.test(text)
}

/** Whether two name the same host and port; the scheme's own port may be left out (RFC 3986 6.2.3). */
export function isSameHost(one: string, other: string, scheme: 'http' | 'https'): boolean {
  const port = scheme === 'https' ? ':443' : ':80'
  const plain = (authority: string) => {
    const name = authority.toLowerCase()
    return name.endsWith(port) ? name.slice(0, -port.length) : name
  }
  return plain(one) === plain(other)
}
