// Pure: which header fields a proxy passes on: those meant for the other end, not those for the next hop (RFC 9110 7.6.1).
// Header lists are as node:http has them raw: name, value, name, value, in the order and the spelling of whoever sent them.

const NOTHING: ReadonlySet<string> = new Set()

/** Header names of the next hop; what begins with `proxy-` too. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Never dropped because a Connection header names them: without these a message has no end, or no host. */
const NOT_TO_BE_NAMED: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'trailer', 'host'])

/** What a message with a chunked body keeps of the hop-by-hop headers, when it is sent on in chunks. */
export const CHUNKED: ReadonlySet<string> = new Set(['transfer-encoding', 'trailer'])

/** What may not come behind a body, whatever the sender says (RFC 9110 6.5.1): it frames, routes or authorises. */
const NO_TRAILERS: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  ...NOT_TO_BE_NAMED,
  'authorization',
  'content-encoding',
  'content-range',
  'content-type',
  'cookie',
  'expect',
  'set-cookie',
])

/** The options of all Connection headers, in lower case. */
export function connectionOptions(raw: readonly string[]): ReadonlySet<string> {
  let options: Set<string> | undefined
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]!.length !== 10 || raw[i]!.toLowerCase() !== 'connection') continue
    options ??= new Set()
    for (const option of raw[i + 1]!.toLowerCase().split(',')) options.add(option.trim())
  }
  return options ?? NOTHING
}

/**
 * The list without what is for the next hop. `keep`: hop-by-hop names that stay; `drop`: others that go. Both in lower case.
 */
export function endToEnd(
  raw: readonly string[],
  keep: ReadonlySet<string> = NOTHING,
  drop: ReadonlySet<string> = NOTHING,
): string[] {
  const named = connectionOptions(raw)
  const passed: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    const isNextHops =
      HOP_BY_HOP.has(name) || name.startsWith('proxy-') || (named.has(name) && !NOT_TO_BE_NAMED.has(name))
    if ((isNextHops && !keep.has(name)) || drop.has(name)) continue
    passed.push(raw[i]!, raw[i + 1]!)
  }
  return passed
}

/** The trailer fields that may be passed on, as pairs. */
export function passableTrailers(raw: readonly string[]): Array<[name: string, value: string]> {
  const pairs: Array<[string, string]> = []
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    if (!NO_TRAILERS.has(name) && !name.startsWith('proxy-')) pairs.push([raw[i]!, raw[i + 1]!])
  }
  return pairs
}

/**
 * The list with Content-Length last where there is a Content-Disposition: node:http takes the value of one that comes behind
 * a length for UTF-8 and writes it as Latin-1, and a file name would arrive as another.
 */
export function lengthLast(list: readonly string[]): readonly string[] {
  const isNamed = (name: string) => (_: string, at: number) => at % 2 === 0 && list[at]!.toLowerCase() === name
  if (!list.some(isNamed('content-disposition'))) return list
  const length = list.findIndex(isNamed('content-length'))
  if (length === -1) return list
  return [...list.slice(0, length), ...list.slice(length + 2), ...list.slice(length, length + 2)]
}
