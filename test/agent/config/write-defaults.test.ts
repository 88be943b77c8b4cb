import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { defaultFiles } from '../../../agent/config/default-files.js'
import { loadConfiguration } from '../../../agent/config/load.js'
import { writeDefaultConfiguration } from '../../../agent/config/write-defaults.js'

const WHO = { tenant: 'acme', user: 'a@acme.example', org: 'Acme' }
const FILES = Object.keys(defaultFiles(WHO))

void t.test('a new home gets all files, and they load', async (t) => {
  const directory = join(t.testdir(), 'deep', 'stagent')
  t.strictSame(await writeDefaultConfiguration(directory, WHO), FILES)
  t.strictSame((await readdir(directory)).toSorted(), FILES.toSorted())
  t.equal((await stat(directory)).mode & 0o777, 0o700)
  t.equal((await stat(join(directory, 'nsbranding.json'))).mode & 0o777, 0o600)
  t.match(await loadConfiguration(directory), {
    branding: { OrgName: 'Acme', UserEmail: 'a@acme.example', OrgKey: /^.{20}$/, UserKey: /^.{20}$/ },
    client: { nsgw: { host: 'gateway-acme.goskope.com', port: 443 } },
  })
  const text = await readFile(join(directory, 'nsconfig.json'), 'utf8')
  t.match(text, '"host": "gateway-acme.goskope.com"', 'with the space that scripts look for')
})

void t.test('a file that is there is never touched, good or bad', async (t) => {
  const directory = t.testdir()
  await writeDefaultConfiguration(directory, WHO)
  await writeFile(join(directory, 'nsexception.json'), 'mine')
  await rm(join(directory, 'nsbypass.json'))
  t.strictSame(await writeDefaultConfiguration(directory, { ...WHO, tenant: 'other' }), ['nsbypass.json'])
  t.equal(await readFile(join(directory, 'nsexception.json'), 'utf8'), 'mine')
  t.match(await readFile(join(directory, 'nsconfig.json'), 'utf8'), 'gateway-acme')
})
