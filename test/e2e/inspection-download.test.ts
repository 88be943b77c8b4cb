/** A GiB down through the whole product, decrypted on the way: all of it arrives, and little of it is held. */

import { createHash } from 'node:crypto'
import t from 'tap'
import { lacking } from '../support/needs.js'
import { growthOf } from '../support/resident.js'
import { withLab } from '../support/steerlab.js'

/** What agent and gateway may grow by while it passes, MiB: V8's young generation, windows, and room. */
const MOST_MIB = 120

const GIB = 1024 ** 3

/** What `/bytes/N` of the lab is. */
function sha256(length: number): string {
  const hash = createHash('sha256')
  const block = Buffer.alloc(
    2 ** 20,
    Uint8Array.from({ length: 256 }, (_, k) => k),
  )
  for (let at = 0; at < length; at += block.length) hash.update(block)
  return hash.digest('hex')
}

void t.test('downloads', { skip: lacking('capture', 'curl', 'sha256sum') }, (t) =>
  withLab(t, async (lab) => {
    for (const [version, length] of [
      ['http1.1', GIB],
      ['http2', GIB / 4],
    ] as const) {
      const growth = growthOf(lab)
      const line = `curl -sS --${version} https://box.com/bytes/${length} | sha256sum`
      const { stdout, stderr } = await lab.run(['sh', '-c', line])
      growth.stop()
      t.equal(stdout.slice(0, 64), sha256(length), `${length} bytes over ${version} ${stderr}`)
      const grown = growth.most()
      t.ok(Math.max(...grown) < MOST_MIB, `agent and gateway grew by ${grown} MiB at most`)
      const { stdout: transactions } = await lab.cli(['transactions', '--json'])
      t.match(transactions, new RegExp(`"decrypted":true.*"bytesReceived":${length},`))
    }
  }),
)
