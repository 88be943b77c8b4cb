import t from 'tap'
import { formatPath } from '../../../agent/config/check.js'
import { RuleLines } from '../../../agent/config/rule-lines.js'

const TEXT = `{
  "names": ["a.example",
    "b.example"],
  "domain_ports": {
    "box.com": [8443],
    "a\\"b": [1]
  }
}
`

const lines = new RuleLines(
  new Map([
    ['good.json', TEXT],
    ['bad.json', '{"names": ['],
  ]),
)

for (const [sentence, path, line] of [
  ['the whole file', '$', 1],
  ['a key', '$.names', 2],
  ['an element', '$.names[0]', 2],
  ['an element on a line of its own', '$.names[1]', 3],
  ['a key that is no word', formatPath(['domain_ports', 'box.com']), 5],
  ['a key with a quote in it', formatPath(['domain_ports', 'a"b', 0]), 6],
  ['what is not there has the line of what is around it', '$.names[9]', 2],
  ['a path of something built in', 'private-ranges', 1],
] as const) {
  void t.test(sentence, async (t) => t.equal(lines.lineOf('good.json', path), line))
}

void t.test('a file that is not there, or is no JSON, has no lines', async (t) => {
  t.equal(lines.lineOf('absent.json', '$'), undefined)
  t.equal(lines.lineOf('bad.json', '$.names'), undefined)
})

void t.test('keys that stand twice', async (t) => {
  const twice = new RuleLines(new Map([['a.json', '{"x": 1,\n"y": {"z": 1,\n"z": 2}}']]))
  t.strictSame(twice.repeatedKeys('a.json'), [{ key: 'z', line: 3 }])
  t.strictSame(twice.repeatedKeys('absent.json'), [])
})

void t.test('places are those of the text, where something was taken out before', async (t) => {
  const text = '{"names": [\n"*bad",\n"good.example"\n]}'
  const placed = new RuleLines(new Map([['a.json', text]]), new Map([['a.json', [['names', 0]]]]))
  t.strictSame(placed.placeOf('a.json', '$.names[0]'), { path: '$.names[1]', line: 3 })
  t.strictSame(placed.placeOf('b.json', '$.names[0]'), { path: '$.names[0]', line: undefined })
})
