/** The three files as they stand in a directory, good, missing or bad. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { findInspection, loadInspection } from '../../../../gateway/inspect/settings/find-inspection.js'
import { DEFAULT_INSPECTION } from '../../../../gateway/inspect/settings/inspection.js'

void t.test('without files the defaults hold', async (t) => {
  const directory = t.testdir()
  t.strictSame(findInspection(directory).values, DEFAULT_INSPECTION)
  t.equal(loadInspection(directory).settings.inspect, true)
})

void t.test('a bad file is named with all that is wrong in it, and the others are read', async (t) => {
  const directory = t.testdir({ 'inspect.json': '{"http2": false}', 'policy.json': '{"rules": [{"action": "blok"}]}' })
  const { files, values } = findInspection(directory)
  t.match(files, [
    { file: 'inspect.json', state: 'good', problems: [] },
    { file: 'policy.json', state: 'bad', problems: [/name/, /action.*"blok"/] },
    { file: 'categories.json', state: 'missing', problems: [] },
  ])
  t.equal(values['inspect.json'].http2, false)
  t.strictSame(values['policy.json'], DEFAULT_INSPECTION['policy.json'])
  t.throws(() => loadInspection(directory), {
    code: 'policy-invalid',
    exitCode: 2,
    message: /policy\.json:1: .*"blok"/,
  })
  writeFileSync(join(directory, 'policy.json'), '{"rules": []}')
  t.equal(loadInspection(directory).settings.http2, false)
})
