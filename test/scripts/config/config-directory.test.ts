import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  configDirectory,
  readForEdit,
  requireDirectory,
  writeEdited,
} from '../../../scripts/config/config-directory.js'
import { homePaths } from '../../../scripts/process/home.js'
import { defaultTexts, writeTexts } from '../../support/config-files.js'

void t.test('the directory that is meant', async (t) => {
  const home = homePaths('/h')
  t.equal(configDirectory(home, {}), '/h/stagent')
  t.equal(configDirectory(home, { tenant: true }), '/h/gateway/tenant')
  t.equal(configDirectory(home, { config: '/c' }), '/c')
  await requireDirectory(t.testdir())
  const hint = /^there is no directory .*; `steerlab up` makes the files of a home/
  await t.rejects(requireDirectory(join(t.testdir({ f: '' }), 'f')), { code: 'no-config', exitCode: 2, message: hint })
})

void t.test('a file is read with all its keys, and written as people edit it', async (t) => {
  const directory = t.testdir()
  await writeTexts(directory, { ...defaultTexts(), 'nsexception.json': '\ufeff{"news":1,"names":[],"ips":[]}' })
  const value = await readForEdit(directory, 'nsexception.json')
  t.equal(JSON.stringify(value), '{"news":1,"names":[],"ips":[]}')
  await writeEdited(directory, 'nsexception.json', value)
  t.equal(readFileSync(join(directory, 'nsexception.json'), 'utf8'), `${JSON.stringify(value, null, 2)}\n`)
  t.strictSame(await readForEdit(directory, 'steerlab.json'), {}, 'a file that may be missing')
})

void t.test('what is missing, or wrong before or after the edit, is refused', async (t) => {
  const directory = t.testdir()
  await t.rejects(readForEdit(directory, 'nsconfig.json'), { code: 'no-config', exitCode: 2 })
  await t.rejects(readForEdit(join(directory, 'none'), 'nsbypass.json'), { code: 'no-config', exitCode: 2 })
  await t.rejects(writeEdited(directory, 'nsexception.json', { names: 1, ips: [] }), {
    code: 'config-invalid',
    message: /^nothing is written, because .*nsexception\.json could not be used:\nnsexception\.json:2: \$\.names/,
  })
  writeFileSync(join(directory, 'nsexception.json'), '{"names": 1}')
  await t.rejects(readForEdit(directory, 'nsexception.json'), { code: 'config-invalid', message: /as it is:\nnsex/ })
  const nowhere = writeEdited(join(directory, 'none'), 'nsexception.json', { names: [], ips: [] })
  await t.rejects(nowhere, { code: 'config-unwritable', exitCode: 2 })
})
