// Pure: a path as a lenient origin may read it, so that no spelling of a path evades a rule: `/x/%2e%2e/%61dmin` is
// `/admin` to many (RFC 3986 section 6.2.2, and what servers do beyond it).

/** Runs of escaped bytes, which are one piece of UTF-8. */
const ESCAPES = /(?:%[\dA-Fa-f]{2})+/g

/**
 * The path with every escape decoded once (bytes that are no UTF-8 become U+FFFD), backslashes as slashes, no empty
 * segments, and without `.` and `..`. Always begins with `/`; a slash at the end stays. Linear; never throws.
 */
export function normalizePath(path: string): string {
  const decoded = path.includes('%') ? path.replace(ESCAPES, decode) : path
  const segments = decoded.replaceAll('\\', '/').split('/')
  const kept: string[] = []
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '.' && segment !== '') kept.push(segment)
  }
  const isDirectory = ['', '.', '..'].includes(segments.at(-1)!)
  return kept.length > 0 && isDirectory ? `/${kept.join('/')}/` : `/${kept.join('/')}`
}

function decode(run: string): string {
  return Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8')
}
