/** Two hundred page loads of forty hosts at the same moment, each with a TLS connection of its own that is looked into. */

import t from 'tap'
import { ZONE } from '../../scripts/lab/zone.js'
import { lacking } from '../support/needs.js'
import { PAGE_LOADS, type PageLoad } from '../support/page-loads.js'
import { withLab } from '../support/steerlab.js'

const LOADS = 200

/** Not steered, or not as a web site that is looked into, in a new home. */
const OTHERS = /zoom|github|microsoft|office|\.lab\.example$|notskope|^ipv6\./

const HOSTS = [...new Set(ZONE.filter(({ type }) => type === 'A').map(({ name }) => name))]
  .filter((name) => !OTHERS.test(name))
  .slice(0, 40)

void t.test('200 page loads at once', { skip: lacking('capture') }, (t) =>
  withLab(t, async (lab) => {
    t.equal(HOSTS.length, 40)
    const load = async (): Promise<PageLoad[]> => {
      const program = [process.execPath, PAGE_LOADS, String(LOADS), ...HOSTS]
      const { code, stdout, stderr } = await lab.cli(['run', '--trust', 'env', '--', ...program])
      t.equal(code, 0, stderr)
      return JSON.parse(stdout)
    }
    // The second time every certificate is there already, and the sessions with the origins are resumed.
    const first = await load()
    const all = [...first, ...(await load())]

    t.strictSame(
      all.filter(({ error }) => error !== undefined),
      [],
      'no error',
    )
    t.strictSame(
      all.filter(({ host, page }) => !page.includes(`<title>${host} in the lab</title>`)),
      [],
      'to each its own page',
    )
    t.strictSame(
      new Set(all.map(({ issuer }) => issuer)),
      new Set(['ca.lab.goskope.com']),
      'every client sees the tenant as issuer',
    )
    for (const protocol of ['h2', 'http/1.1'])
      t.equal(first.filter((load) => load.protocol === protocol).length, LOADS / 2, `half of them over ${protocol}`)

    const serials = new Set(all.map(({ serial }) => serial))
    t.equal(serials.size, HOSTS.length, 'as many certificates as hosts')
    t.equal(new Set(all.map(({ host, serial }) => `${host} ${serial}`)).size, HOSTS.length, 'one for each host')
    t.match(await lab.status(), { tunnel: { sessionId: 1 } }, 'through one session of the tunnel')
  }),
)
