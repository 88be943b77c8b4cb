/** What the indexes offer is what they say of it. */

import { createHash } from 'node:crypto'
import t from 'tap'
import { packageFile } from '../../../../scripts/lab/packages/hello-packages.js'

const ORIGIN = 'https://packages.lab.example:8443'
const INDEX = '/simple/steerlab-hello/'
const textOf = (path: string): string => String(packageFile(path, ORIGIN)?.content)

void t.test("pip's page links to the wheel, with its hash", async (t) => {
  const [, file, sum] = /href="([^#"]+)#sha256=([0-9a-f]{64})"/.exec(textOf(INDEX)) ?? []
  const wheel = packageFile(`${INDEX}${file}`, ORIGIN)?.content ?? Buffer.alloc(0)
  t.equal(createHash('sha256').update(wheel).digest('hex'), sum)
  t.match(wheel.toString('latin1'), /^PK/)
})

void t.test("npm's page has a whole URL of the tarball, where it was asked, with its hash", async (t) => {
  const { dist } = JSON.parse(textOf('/npm/steerlab-hello')).versions['1.0.0']
  t.ok(dist.tarball.startsWith(ORIGIN), dist.tarball)
  const tarball = packageFile(dist.tarball.slice(ORIGIN.length), ORIGIN)?.content ?? Buffer.alloc(0)
  t.equal(`sha512-${createHash('sha512').update(tarball).digest('base64')}`, dist.integrity)
})

void t.test('there is nothing else', async (t) => {
  for (const path of ['/simple/', '/simple/other/', `${INDEX}other.whl`, '/npm/other', '/npm/steerlab-hello/-/x.tgz'])
    t.equal(packageFile(path, ORIGIN), undefined, path)
})
