/** A GiB up through the whole product, decrypted on the way: all of it arrives, and little of it is held. */

import { createHash } from 'node:crypto'
import t from 'tap'
import { lacking } from '../support/needs.js'
import { growthOf } from '../support/resident.js'
import { withLab } from '../support/steerlab.js'

/** What agent and gateway may grow by while it passes, MiB: V8's young generation, windows, and room. */
const MOST_MIB = 120

const GIB = 1024 ** 3

function sha256OfZeros(length: number): string {
  const hash = createHash('sha256')
  const block = Buffer.alloc(2 ** 20)
  for (let at = 0; at < length; at += block.length) hash.update(block)
  return hash.digest('hex')
}

void t.test('uploads', { skip: lacking('capture', 'curl', 'truncate') }, (t) =>
  withLab(t, async (lab) => {
    for (const [what, version, length, isChunked] of [
      ['of known length over HTTP/2', 'http2', GIB, false],
      ['of known length over HTTP/1.1', 'http1.1', GIB / 4, false],
      ['in chunks', 'http1.1', GIB / 4, true],
    ] as const) {
      const growth = growthOf(lab)
      const up = `curl -sS --${version} https://box.com/count -T`
      const line = isChunked ? `head -c ${length} /dev/zero | ${up} -` : `truncate -s ${length} zeros && ${up} zeros`
      const { stdout, stderr } = await lab.run(['sh', '-c', line], { cwd: lab.home })
      growth.stop()
      t.equal(stdout, `{"bytes":${length},"sha256":"${sha256OfZeros(length)}"}\n`, `${length} bytes ${what} ${stderr}`)
      const grown = growth.most()
      t.ok(Math.max(...grown) < MOST_MIB, `agent and gateway grew by ${grown} MiB at most`)
      const { stdout: transactions } = await lab.cli(['transactions', '--json'])
      t.match(transactions, new RegExp(`"decrypted":true.*"bytesSent":${length},`))
    }
  }),
)
