/** Keeping captures; how they are made is tested by test/e2e/lesson. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { keepCaptures } from '../../../scripts/lesson/make-captures.js'

void t.test('they are copied into a directory, which is made', async (t) => {
  const directory = t.testdir({ 'a.pcap': 'a', 'b.pcap': 'b' })
  const files = [join(directory, 'a.pcap'), join(directory, 'b.pcap')]
  const kept = join(directory, 'deep', 'kept')
  t.strictSame(await keepCaptures(kept, files), [join(kept, 'a.pcap'), join(kept, 'b.pcap')])
  t.equal(readFileSync(join(kept, 'b.pcap'), 'utf8'), 'b')
})

void t.test('where they cannot be kept, one sentence says so', async (t) => {
  const directory = t.testdir({ file: '' })
  const capture = join(directory, 'a.pcap')
  writeFileSync(capture, 'a')
  await t.rejects(keepCaptures(join(directory, 'file'), [capture]), { code: 'not-kept', exitCode: 2 })
})
