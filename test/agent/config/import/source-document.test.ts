import t from 'tap'
import { SourceDocument } from '../../../../agent/config/import/source-document.js'

const NONE: ReadonlySet<string> = new Set()

function unread(document: SourceDocument, idle = NONE): string[] {
  return document.notes(idle, 'unread').map(({ path, reason }) => `${path}: ${reason}`)
}

void t.test('what nobody has read is told, each value at its path', async (t) => {
  const document = new SourceDocument({ a: 1, b: { 'c d': [true, 'x'], e: {}, f: [] }, g: null })
  t.strictSame(unread(document), ['$.a: unread', '$.b["c d"][0]: unread', '$.b["c d"][1]: unread'])
  t.equal(document.root.member('a')?.text(), '1')
  t.strictSame(
    document.root
      .member('b')
      ?.member('c d')
      ?.items()
      .map((item) => item.isOn() ?? item.text()),
    [true, 'x'],
  )
  t.strictSame(unread(document), [], 'an empty object, an empty list and null say nothing')
})

void t.test('what has no value of the type that is asked for stays unread', async (t) => {
  const document = new SourceDocument({ list: 'x', text: ['y'], flag: 'yes', missing: null })
  const { root } = document
  t.strictSame(root.member('list')?.items(), [])
  t.equal(root.member('text')?.text(), undefined)
  t.equal(root.member('flag')?.isOn(), undefined)
  t.equal(root.member('missing'), undefined)
  t.equal(root.member('toString'), undefined, 'nor what every object has')
  t.equal(unread(document).length, 3)
})

void t.test('a switch in each of its spellings', async (t) => {
  const { root } = new SourceDocument([true, 'true', 1, '1', false, 'false', 0, '0', 'on', 2])
  const expected = [true, true, true, true, false, false, false, false, undefined, undefined]
  t.strictSame(
    root.items().map((item) => item.isOn()),
    expected,
  )
})

void t.test('texts of a list as they are, and of one text between its commas', async (t) => {
  const { root } = new SourceDocument({ list: ['Congo, Republic of', '', ' a '], text: 'a.com, b.com,', none: {} })
  const texts = (key: string) =>
    root
      .member(key)
      ?.texts()
      .map(({ text }) => text)
  t.strictSame(texts('list'), ['Congo, Republic of', 'a'])
  t.strictSame(texts('text'), ['a.com', 'b.com'])
  t.strictSame(texts('none'), [])
})

void t.test('leaving out covers what is in a value, a remark does not', async (t) => {
  const document = new SourceDocument({ out: { a: 1 }, remarked: { b: 2 }, count: 3, deep: { count: { c: 4 } } })
  document.root.member('out')?.leaveOut('gone')
  document.root.member('remarked')?.remark('read so')
  document.root.member('remarked')?.remark('is not there', 'c')
  t.strictSame(unread(document, new Set(['count'])), [
    '$.out: gone',
    '$.remarked: read so',
    '$.remarked.c: is not there',
    '$.remarked.b: unread',
  ])
})
