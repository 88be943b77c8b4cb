import fc from 'fast-check'
import t from 'tap'
import { boundedText } from '../../../../gateway/inspect/judge/bounded-text.js'

void t.test('what is longer is cut, and says so', async (t) => {
  const cases: [text: string, most: number, bounded: string][] = [
    ['', 3, ''],
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['a🙂b', 3, 'a…'],
    ['a🙂bc', 4, 'a🙂…'],
    ['a🙂', 3, 'a🙂'],
  ]
  for (const [text, most, bounded] of cases) t.equal(boundedText(text, most), bounded, `${text} to ${most}`)
})

void t.test('never longer than asked, and no character cut in two', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, most) => {
      const bounded = boundedText(text, most)
      return bounded.length <= most && !/\p{Surrogate}/u.test(bounded)
    }),
  )
})
