/** `steerlab run --trust`: what real programs trust in each mode. */

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lacking, pathOf } from '../support/needs.js'
import { withLab } from '../support/steerlab.js'
import { trustOf } from '../support/trust-modes.js'

const skip = lacking('capture', 'curl', 'openssl')

const LAB = ['lab']
const BOTH = ['lab', 'tenant']

/** Who trusts whom, by client. */
const EXPECTED: Readonly<Record<string, Readonly<Record<'none' | 'env' | 'store', readonly string[]>>>> = {
  curl: { none: LAB, env: BOTH, store: BOTH },
  git: { none: LAB, env: BOTH, store: BOTH },
  openssl: { none: LAB, env: BOTH, store: BOTH },
  python: { none: LAB, env: BOTH, store: BOTH },
  java: { none: LAB, env: BOTH, store: BOTH },
  // With GnuTLS it reads no variable.
  wget: { none: LAB, env: LAB, store: BOTH },
  // It reads no store of the system's.
  node: { none: LAB, env: BOTH, store: LAB },
}

const clients = Object.keys(EXPECTED).filter((name) => existsSync(`/usr/bin/${name}`) || pathOf(name) !== undefined)

void t.test('programs of the lab', { skip }, (t) =>
  withLab(t, async (lab) => {
    for (const mode of ['none', 'env', 'store'] as const)
      await t.test(`--trust ${mode}`, async (t) => {
        const expected = Object.fromEntries(clients.map((name) => [name, EXPECTED[name]?.[mode]]))
        // The store is what is usual.
        t.strictSame(await trustOf(lab, mode === 'store' ? [] : ['--trust', mode], clients), expected)
      })

    await t.test('a list of the caller has the lab too, and is told of the tenant by variables only', async (t) => {
      const own = join(lab.home, 'own.pem')
      writeFileSync(own, '')
      const told = { NODE_EXTRA_CA_CERTS: own }
      t.strictSame(await trustOf(lab, ['--trust', 'store'], ['node'], told), { node: LAB })
      t.strictSame(await trustOf(lab, ['--trust', 'env'], ['node'], told), { node: BOTH })
    })
  }),
)
