import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { LineSplitter } from '../../../agent/log/line-splitter.js'
import { cut } from '../../support/cut-bytes.js'
import { heldBytes } from '../../support/memory.js'

type Line = readonly [line: string, number: number, eol: string, cut: boolean]

function split(pieces: readonly Uint8Array[], maxLineBytes?: number): Line[] {
  const lines: Line[] = []
  const options = maxLineBytes === undefined ? {} : { maxLineBytes }
  const splitter = new LineSplitter((...line) => lines.push(line), options)
  for (const piece of pieces) {
    // A chunk belongs to who pushed it: here it is overwritten as soon as it was pushed.
    const copy = Uint8Array.from(piece)
    splitter.push(copy)
    copy.fill(0x21)
  }
  splitter.end()
  return lines
}

/** The same by other means, one line after the other. */
function expected(bytes: Uint8Array, max = Number.POSITIVE_INFINITY): Line[] {
  const decoder = new TextDecoder('utf8', { ignoreBOM: true })
  const parts =
    Buffer.from(bytes)
      .toString('latin1')
      .match(/[^\n]*\n|[^\n]+$/g) ?? []
  return parts.flatMap((part, index): Line[] => {
    const eol = /\r?\n$/.exec(part)?.[0] ?? ''
    const whole = part.slice(0, part.length - eol.length)
    const kept = Buffer.from(whole.slice(0, max), 'latin1')
    const marked = index === 0 && kept.subarray(0, 3).toString('hex') === 'efbbbf'
    const line = decoder.decode(marked ? kept.subarray(3) : kept)
    return line === '' && eol === '' ? [] : [[line, index + 1, eol, whole.length > max]]
  })
}

const CASES: ReadonlyArray<readonly [name: string, text: string, lines: readonly Line[]]> = [
  ['nothing', '', []],
  ['one line', 'one\n', [['one', 1, '\n', false]]],
  [
    'a last line without an ending',
    'one\ntwo',
    [
      ['one', 1, '\n', false],
      ['two', 2, '', false],
    ],
  ],
  [
    'both endings',
    'one\r\ntwo\n',
    [
      ['one', 1, '\r\n', false],
      ['two', 2, '\n', false],
    ],
  ],
  [
    'empty lines',
    '\n\r\n\n',
    [
      ['', 1, '\n', false],
      ['', 2, '\r\n', false],
      ['', 3, '\n', false],
    ],
  ],
  ['a lone return inside', 'a\rb\n', [['a\rb', 1, '\n', false]]],
  ['two returns before the newline', 'a\r\r\n', [['a\r', 1, '\r\n', false]]],
  ['a return at the very end', 'a\r', [['a\r', 1, '', false]]],
  [
    'a byte order mark',
    '\ufeffone\ntwo\n',
    [
      ['one', 1, '\n', false],
      ['two', 2, '\n', false],
    ],
  ],
  ['a mark on a line without an ending', '\ufeffone', [['one', 1, '', false]]],
  ['a mark alone', '\ufeff', []],
  [
    'a mark on the second line stays',
    'a\n\ufeffb\n',
    [
      ['a', 1, '\n', false],
      ['\ufeffb', 2, '\n', false],
    ],
  ],
  [
    'characters of two, three and four bytes',
    'é €\n𝄞\r\n',
    [
      ['é €', 1, '\n', false],
      ['𝄞', 2, '\r\n', false],
    ],
  ],
]

void t.test('bytes become lines, whole and byte by byte', async (t) => {
  for (const [name, text, lines] of CASES) {
    const bytes = Buffer.from(text)
    t.strictSame(split([bytes]), lines, name)
    t.strictSame(split(cut(bytes, [1])), lines, `${name}, byte by byte`)
    t.strictSame(expected(bytes), lines, `${name}, as the test's own way gives it`)
  }
})

void t.test('bytes that are not UTF-8 become replacement characters, in their line only', async (t) => {
  const bytes = Buffer.from([0x61, 0xff, 0x0a, 0xe2, 0x82, 0x0a, 0x62, 0xc3])
  const lines = ['a\ufffd', '\ufffd', 'b\ufffd']
  for (const pieces of [[bytes], cut(bytes, [1])])
    t.strictSame(
      split(pieces).map(([line]) => line),
      lines,
    )
})

/** Rich in what matters: endings, marks, cut characters, and plain text. */
const bytesOfLines = fc
  .array(
    fc.oneof(
      fc.constantFrom('\n', '\r\n', '\r', '\ufeff', 'é', '€', '𝄞', 'plain words', '').map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    ),
    { maxLength: 60 },
  )
  .map((parts) => Buffer.concat(parts))

void t.test('however the bytes arrive, the lines are the same', async () => {
  const sizes = fc.array(fc.nat(20), { maxLength: 8 })
  const limit = fc.option(fc.integer({ min: 1, max: 24 }), { nil: undefined })
  fc.assert(
    fc.property(bytesOfLines, sizes, limit, (bytes, sizes, limit) => {
      const lines = expected(bytes, limit)
      assert.deepStrictEqual(split(cut(bytes, sizes), limit), lines)
      assert.deepStrictEqual(split([bytes], limit), lines)
    }),
    { numRuns: 500 },
  )
})

void t.test('large chunks, with and without other characters than ASCII', async (t) => {
  for (const word of ['bypass', 'bypaß €']) {
    const lines = Array.from({ length: 40_000 }, (_, i) => `${i} ${word.repeat(i % 20)}`)
    const bytes = Buffer.from(lines.join('\r\n'))
    for (const sizes of [[], [1 << 20], [65536], [65535, 3], [777]]) {
      const found = split(cut(bytes, sizes))
      t.equal(found.map(([line]) => line).join('\r\n'), lines.join('\r\n'), `${word}, cut at ${sizes}`)
      t.equal(found.at(-1)?.[1], lines.length)
    }
  }
})

void t.test('a line longer than the limit is cut and says so', async (t) => {
  const cases: ReadonlyArray<readonly [text: string, lines: readonly Line[]]> = [
    ['12345\n', [['12345', 1, '\n', false]]],
    ['12345\r\n', [['12345', 1, '\r\n', false]]],
    ['123456\n', [['12345', 1, '\n', true]]],
    [
      '123456\r\nnext\n',
      [
        ['12345', 1, '\r\n', true],
        ['next', 2, '\n', false],
      ],
    ],
    ['1234567890123', [['12345', 1, '', true]]],
    ['12345\r', [['12345', 1, '', true]]],
  ]
  for (const [text, lines] of cases)
    for (const sizes of [[], [1], [5], [6, 1]])
      t.strictSame(split(cut(Buffer.from(text), sizes), 5), lines, JSON.stringify({ text, sizes }))
})

void t.test('a line of half a gigabyte costs neither memory nor more than linear time', async (t) => {
  const chunk = Buffer.alloc(1024 * 1024, 'x')
  let found: Line | undefined
  const splitter = new LineSplitter((...line) => {
    found = line
  })
  const before = await heldBytes()
  const started = performance.now()
  for (let times = 0; times < 512; times++) splitter.push(chunk)
  t.ok((await heldBytes()) - before < 3 * 1024 * 1024, 'only the beginning is held')
  splitter.push(Buffer.from('\n'))
  t.ok(performance.now() - started < 5000, `${performance.now() - started} ms`)
  t.equal(found?.[0].length, 1024 * 1024)
  t.strictSame(found?.slice(1), [1, '\n', true])
})
