import fc from 'fast-check'
import t from 'tap'
import { offsetOf, positionAt, repeatedKeys, scanJson } from '../../../agent/config/json-position.js'

/** `2:5 "," or "}"`: where reading stopped and what was expected; undefined when the text is JSON. */
function faultOf(text: string): string | undefined {
  const result = scanJson(text)
  if (!('expected' in result)) return undefined
  const { line, column } = positionAt(text, result.offset)
  return `${line}:${column} ${result.expected}`
}

void t.test('a fault has its line, its column and what was expected', async (t) => {
  const cases: [sentence: string, text: string, fault: string | undefined][] = [
    ['good JSON has none', '{"a": [1, -2.5e3, "x\\u00e9", true, false, null, {}, []]}', undefined],
    ['an empty file', '', '1:1 a value'],
    ['only white space', ' \n\t ', '2:3 a value'],
    ['a comma after the last member', '{\n  "a": 1,\n}', '3:1 a key in double quotes'],
    ['a comma after the last element', '[1,\n2,]', '2:3 a value'],
    ['a missing comma', '{"a": 1\n "b": 2}', '2:2 "," or "}"'],
    ['a missing comma in a list', '["a" "b"]', '1:6 "," or "]"'],
    ['a missing colon', '{"a" 1}', '1:6 ":"'],
    ['single quotes', "{'a': 1}", '1:2 a key in double quotes'],
    ['a comment', '{"a": 1} // why', '1:10 nothing more'],
    ['two documents', '{}\n{}', '2:1 nothing more'],
    ['a word', '{"a": yes}', '1:7 a value'],
    ['a number with a leading zero', '[01]', '1:3 "," or "]"'],
    ['a file cut short', '{"a": [1, 2', '1:12 "," or "]"'],
    ['a line break in a string', '["a\nb"]', '1:4 the closing quote of a string'],
    ['a string without its end', '["abc', '1:6 the closing quote of a string'],
    ['a bad escape (a Windows path)', '["C:\\Users"]', '1:5 an escape such as \\n or \\u00e9'],
    ['200 levels are read', `${'['.repeat(200)}${']'.repeat(200)}`, undefined],
    ['100,000 levels are refused, not crashed on', '['.repeat(100_000), '1:202 at most 200 levels'],
  ]
  for (const [sentence, text, fault] of cases) t.equal(faultOf(text), fault, sentence)
})

void t.test('a path leads to the line of its value, or of the nearest value that exists', async (t) => {
  const text = '{\n  "a": [\n    1,\n    {"b": 2}\n  ],\n  "c.d": 3,\n  "a2": 1, "a2": [\n    4]\n}'
  const root = scanJson(text)
  if ('expected' in root) return t.fail(root.expected)
  const lineOf = (...path: (string | number)[]) => positionAt(text, offsetOf(root, path)).line
  t.equal(lineOf(), 1, 'the document')
  t.equal(lineOf('a', 0), 3, 'an element')
  t.equal(lineOf('a', 1, 'b'), 4, 'a member of an element')
  t.equal(lineOf('c.d'), 6, 'a key with a dot')
  t.equal(lineOf('a', 1, 'missing', 'deeper'), 4, 'a missing member: the object that lacks it')
  t.equal(lineOf('missing'), 1, 'a missing top member: the document')
  t.equal(lineOf('a2', 0), 8, 'a key given twice: the last, which is the one that counts')
})

void t.test('10,000 texts are JSON exactly when JSON.parse says so', async (t) => {
  const json = fc.json({ maxDepth: 4 })
  const edit = fc.tuple(
    fc.nat(),
    fc.constantFrom('', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e', '\n', 'u', ' '),
  )
  const edited = fc
    .tuple(json, edit, fc.nat(2))
    .map(
      ([text, [at, insert], cut]) =>
        text.slice(0, at % (text.length + 1)) + insert + text.slice((at % (text.length + 1)) + cut),
    )
  let good = 0
  fc.assert(
    fc.property(fc.oneof(edited, json, fc.string({ unit: 'binary' })), (text) => {
      const scans = faultOf(text) === undefined
      if (scans) good++
      return scans === parses(text)
    }),
    { numRuns: 10_000 },
  )
  t.ok(good > 2000 && good < 9000, `${good} of them were JSON`)
})

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

void t.test('keys that stand in an object more than once', async (t) => {
  const cases: [text: string, keys: string[]][] = [
    ['{"a": 1, "b": {"a": 2}}', []],
    ['{"a": 1, "b": 2, "a": 3}', ['a']],
    ['{"b": [{"x": 1, "x": 2}], "a": {"y": 1, "\\u0079": 2}}', ['x', 'y']],
    ['{"a": 1, "a": 2', []],
  ]
  for (const [text, keys] of cases)
    t.strictSame(
      repeatedKeys(text).map(({ key }) => key),
      keys,
      text,
    )
  const text = '{"a": 1,\n"a": 2}'
  t.equal(positionAt(text, repeatedKeys(text)[0]!.offset).line, 2, 'the second one is told')
})
