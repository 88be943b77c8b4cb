import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { systemRoots } from '../../../agent/location/system-roots.js'

void t.test('the first list that can be read', async (t) => {
  const directory = t.testdir({ a: 'A', b: 'B', d: {} })
  const [a, b, none, notFile] = ['a', 'b', 'none', 'd'].map((name) => join(directory, name))
  t.equal(systemRoots([none!, notFile!, b!, a!]), 'B')
  t.equal(systemRoots([none!]), undefined)
  t.equal(systemRoots([]), undefined)
})

const DEBIAN = '/etc/ssl/certs/ca-certificates.crt'

void t.test('on Debian it is certificates', { skip: !existsSync(DEBIAN) && 'not Debian, or no roots' }, async (t) => {
  t.ok(new X509Certificate(systemRoots() ?? '').ca)
})
