/** Clients that pin a key, before and after they are listed: what they do, what nsdebuglog says and what the gateway saw. */

import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Transaction } from '../../gateway/inspect/transaction.js'
import { fixtureProgram, scratchOf } from '../support/check-matrix.js'
import { lacking } from '../support/needs.js'
import { type TestLab, withLab } from '../support/steerlab.js'
import { withoutBundles } from '../support/trust-modes.js'
import { waitUntil } from '../support/wait-until.js'

const skip = lacking('capture', 'curl', 'openssl')
const PAGE = 'https://box.com/whoami'

/** A client; `process` is what its flows are of. */
interface PinnedClient {
  readonly command: readonly string[]
  readonly process: string
  /** Its exit code for a key that it does not know. */
  readonly refuses: number
  /** How the tenant's root is made known to it: it refuses for its pin alone. */
  readonly trust: 'env' | 'store'
  /** How it leaves, as the gateway tells it. */
  readonly leaves: string
}

const CLIENTS: Readonly<Record<string, PinnedClient>> = {
  'curl --pinnedpubkey': {
    command: [fixtureProgram('pinned.sh'), PAGE],
    process: 'curl',
    refuses: 90,
    trust: 'store',
    leaves: 'closed_without_request',
  },
  Node: {
    command: [process.execPath, fixtureProgram('pinned.mjs'), PAGE],
    process: 'node',
    refuses: 4,
    trust: 'env',
    leaves: 'closed',
  },
}

void t.test('pinned clients break steered, and work once they are listed', { skip }, (t) =>
  withLab(t, async (lab) => {
    for (const [name, client] of Object.entries(CLIENTS)) await t.test(name, (t) => testClient(t, lab, client))
  }),
)

async function testClient(t: Test, lab: TestLab, { command, process, refuses, trust, leaves }: PinnedClient) {
  const run = () =>
    lab.cli(['run', '--trust', trust, '--', ...command, join(scratchOf(lab.home), `${process}.pin`)], {
      env: withoutBundles(),
    })
  const seen = async (): Promise<Transaction[]> => {
    const { stdout } = await lab.cli(['transactions', '--json', '--process', process])
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  }
  const host = 'host: box.com'

  await lab.cli(['disable'])
  t.match(await run(), { code: 0, stdout: /"from":"127\.0\.0\.1"/ }, 'it learns the key of the origin')
  await lab.cli(['enable'])
  await waitUntil(async () => (await lab.status()).tunnel.state === 'connected', 20_000)

  t.match(await run(), { code: refuses, stdout: '' }, 'steered: it refuses the key of the gateway')
  await waitUntil(async () => (await seen()).length > 0)
  t.match(await seen(), [
    { host: 'box.com', action: 'refused', decrypted: false, notDecrypted: 'client-refused', clientAlert: leaves },
  ])
  t.equal((await lab.logLines('nsTunnel', `process: ${process}`, host)).length, 1, 'nsdebuglog: tunnelled')
  const bypassed = () => lab.logLines(`Bypassing connection from process: ${process}, ${host}`)
  t.strictSame(await bypassed(), [])

  const { version } = (await lab.status()).configuration
  t.match(
    await lab.cli(['config', 'edit', 'add-pinned', '--process', process, '--app', process, '--domain', 'box.com']),
    { code: 0 },
  )
  await waitUntil(async () => (await lab.status()).configuration.version > version)
  t.match(await run(), { code: 0, stdout: /"from":"127\.0\.0\.1"/ }, 'listed: it meets the origin')
  t.equal((await bypassed()).length, 1, 'nsdebuglog: bypassed as pinned')
  t.equal((await lab.logLines('nsTunnel', `process: ${process}`, host)).length, 1, 'and tunnelled no more')
  t.equal((await seen()).length, 1, 'the gateway saw nothing of it')
}
