import fc from 'fast-check'
import t from 'tap'
import { ChunkEnd } from '../../../../../gateway/inspect/http1/plain/chunk-end.js'

/** Reads a body in pieces of `piece` bytes: content and bytes used at the end, or how it failed. */
function follow(text: string, piece: number): { used: number; content: number } | 'more' | 'malformed' {
  const bytes = Buffer.from(text, 'latin1')
  const end = new ChunkEnd()
  let used = 0
  let content = 0
  for (let at = 0; at < bytes.length; at += piece) {
    const step = end.read(bytes.subarray(at, at + piece))
    used += step.used
    content += step.content
    if (step.next === 'malformed') return 'malformed'
    if (step.next === 'end') return { used, content }
  }
  return 'more'
}

const CASES: ReadonlyArray<readonly [what: string, body: string, wanted: ReturnType<typeof follow>]> = [
  ['nothing', '0\r\n\r\n', { used: 5, content: 0 }],
  ['one chunk', '5\r\nhello\r\n0\r\n\r\n', { used: 15, content: 5 }],
  ['capital and small digits, leading zeros', '00A\r\n0123456789\r\n0000\r\n\r\n', { used: 25, content: 10 }],
  ['what follows is not its own', '0\r\n\r\nHTTP/1.1', { used: 5, content: 0 }],
  ['extensions', '1;a="b;c"\r\nx\r\n0;last\r\n\r\n', { used: 24, content: 1 }],
  ['trailers', '0\r\nDigest: abc\r\nX: y\r\n\r\n', { used: 24, content: 0 }],
  ['content that looks like an end', '7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n', { used: 17, content: 7 }],
  ['the last chunk alone is not the end', '0\r\n', 'more'],
  ['cut in a chunk', '5\r\nhel', 'more'],
  ['a size that is none', 'x\r\n', 'malformed'],
  ['no size', '\r\nhello', 'malformed'],
  ['a negative size', '-1\r\n', 'malformed'],
  ['a prefix', '0x5\r\nhello', 'malformed'],
  ['space before the end of the line', '5 \r\nhello', 'malformed'],
  ['a bare LF after the size', '5\nhello', 'malformed'],
  ['a bare CR after the size', '5\rhello', 'malformed'],
  ['a bare LF in an extension', '5;a\nb\r\nhello', 'malformed'],
  ['a chunk longer than it says', '2\r\nhello\r\n', 'malformed'],
  ['a bare LF after a chunk', '1\r\nx\n0\r\n\r\n', 'malformed'],
  ['a bare LF in a trailer', '0\r\nA: b\n\r\n', 'malformed'],
  ['a size beyond counting', 'fffffffffffffff\r\n', 'malformed'],
  ['endless extensions', `1;${'a'.repeat(20_000)}`, 'malformed'],
  ['endless trailers', `0\r\n${'A: b\r\n'.repeat(6000)}`, 'malformed'],
]

void t.test('where a chunked body ends, in one piece and byte by byte', async (t) => {
  for (const [what, body, wanted] of CASES) {
    t.strictSame(follow(body, body.length), wanted, what)
    t.strictSame(follow(body, 1), wanted, `${what}, byte by byte`)
  }
})

void t.test('any chunks, cut anyhow: all content is counted, and nothing behind the end is used', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 30 }),
      (chunks, piece) => {
        const body = chunks.map(
          (chunk) => `${chunk.length.toString(16)}\r\n${Buffer.from(chunk).toString('latin1')}\r\n`,
        )
        const text = `${body.join('')}0\r\n\r\n`
        const content = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
        t.strictSame(follow(`${text}HTTP/1.1 200`, piece), { used: text.length, content })
      },
    ),
    { numRuns: 200 },
  )
})

void t.test('never throws, and never uses more than it was given', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 6 }), (pieces) => {
      const end = new ChunkEnd()
      for (const piece of pieces) {
        const step = end.read(piece)
        if (step.next !== 'more') return
        if (step.used !== piece.length || step.content > piece.length) throw new Error('used more')
      }
    }),
  )
  t.pass('200 bodies')
})
