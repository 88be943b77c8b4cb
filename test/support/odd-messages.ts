/** HTTP messages that are not quite right, in many ways. */

import fc from 'fast-check'

// Headers that frame, name or switch something, or that node:http refuses to send.
const ODD_HEADERS = [
  ...['Content-Length: 2', 'Content-Length: 0', 'Transfer-Encoding: chunked', 'Transfer-Encoding: gzip', 'Trailer: X'],
  ...[
    'Connection: close',
    'Connection: content-length, host',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Upgrade: h2c',
  ],
  ...['Keep-Alive: timeout=0', 'Expect: 100-continue', 'Expect: more', 'TE: trailers', 'Host: a', 'Set-Cookie: a'],
  ...['X: \x01', 'X\x80: 1', ': x', '__proto__: x', 'constructor: y'],
]
const BODIES = ['', 'ok', '2\r\nok\r\n0\r\nX: y\r\n\r\n']

/** A message of odd headers and any body, with up to two bytes changed. */
export function oddMessages(firstLines: readonly string[]): fc.Arbitrary<Buffer> {
  const parts = fc.tuple(
    fc.constantFrom(...firstLines),
    fc.shuffledSubarray(ODD_HEADERS, { maxLength: 4 }),
    fc.constantFrom(...BODIES),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }),
  )
  return parts.map(([firstLine, headers, body, changes]) => {
    const bytes = Buffer.from([firstLine, ...headers, '', body].join('\r\n'), 'latin1')
    for (const [at, value] of changes) bytes[at % bytes.length] = value
    return bytes
  })
}
