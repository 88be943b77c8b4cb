import t from 'tap'
import { printable } from '../../../scripts/logs/printable.js'

void t.test('what moves a cursor, hides or turns text round is shown as a question mark', async (t) => {
  t.equal(printable('a\u001b[31mb\u0007c\u009bd\u202ee\ufefff\r\n'), 'a?[31mb?c?d?e?f??')
  t.equal(printable('münchen 例え -> 2001:db8::1'), 'münchen 例え -> 2001:db8::1', 'all else as it is')
})
