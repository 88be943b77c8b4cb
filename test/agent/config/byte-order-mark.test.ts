import t from 'tap'
import { withoutMark } from '../../../agent/config/byte-order-mark.js'

void t.test('one mark at the beginning goes, and nothing else', async (t) => {
  for (const [text, expected] of [
    ['\ufeff{}', '{}'],
    ['{}', '{}'],
    ['', ''],
    ['\ufeff\ufeff', '\ufeff'],
    ['{"a": "\ufeff"}', '{"a": "\ufeff"}'],
  ] as const)
    t.equal(withoutMark(text), expected, JSON.stringify(text))
})
