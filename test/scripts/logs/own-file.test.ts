import { join } from 'node:path'
import t from 'tap'
import { readOwnFile } from '../../../scripts/logs/own-file.js'

void t.test('a file of the user, with and without a byte order mark', async (t) => {
  const directory = t.testdir({ plain: '{}', marked: '\ufeff{}' })
  for (const name of ['plain', 'marked']) t.equal(await readOwnFile(join(directory, name), 'scenario', []), '{}', name)
})

void t.test('one that is not there, or is none, says what there is', async (t) => {
  const directory = t.testdir()
  const known = ['normal-day', 'corrupt']
  await t.rejects(readOwnFile('norml-day', 'scenario', known), {
    code: 'unknown-scenario',
    exitCode: 2,
    message: '"norml-day" is neither a scenario nor a file; the built-in scenarios are normal-day, corrupt',
  })
  await t.rejects(readOwnFile(directory, 'profile', known), {
    code: 'unknown-profile',
    message: /cannot be read \(EISDIR\)/,
  })
})
