/** Names that a file in the log directory may have. */

import t from 'tap'
import { whyNoBareName } from '../../../agent/diag/bare-file-name.js'

void t.test('names', async (t) => {
  for (const name of ['nspktdump.pcap', 'a b.log', '-x', '.hidden', 'ümlaut.zip', 'x'.repeat(240), 'my-nsdebuglog.log'])
    t.equal(whyNoBareName(name), undefined, name)
})

void t.test('what is none', async (t) => {
  const cases: readonly [name: string, why: RegExp][] = [
    ['/tmp/x', /^has a path/],
    ['./x', /^has a path/],
    ['../x', /^has a path/],
    ['x/', /^has a path/],
    ['', /^is no name/],
    ['.', /^is no name/],
    ['..', /^is no name/],
    ['a\nb', /^is no name/],
    ['a\0b', /^is no name/],
    ['x'.repeat(241), /^is longer than 240 bytes/],
    ['ü'.repeat(121), /^is longer than 240 bytes/],
    ['nsdebuglog.log', /own log$/],
    ['nsdebuglog.1.log', /own log$/],
  ]
  for (const [name, why] of cases) t.match(whyNoBareName(name), why, JSON.stringify(name))
})
