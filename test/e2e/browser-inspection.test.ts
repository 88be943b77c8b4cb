/** A real Chromium whose pages are inspected: whose certificates it sees, what still works, and what it is shown instead. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { findBrowser } from '../../scripts/process/browser.js'
import { readTransaction } from '../../scripts/transactions/read-transactions.js'
import type { InspectedPages } from '../support/inspected-browser-driver.js'
import { lacking, pathOf, SEARCH_PATH } from '../support/needs.js'
import { type TestLab, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const DRIVER = fileURLToPath(new URL('../support/inspected-browser-driver.js', import.meta.url))
const skip = lacking('capture') || (pathOf('chromium') === undefined && 'chromium is not installed')

/** Whoever writes the policy may be careless, whoever makes a link hostile. */
const RULE = {
  name: `<img src=x onerror="document.title='rule'">`,
  action: 'block',
  hosts: ['chatgpt.com'],
  message: `</p><script>document.title = 'message'</script>`,
}
const HOSTILE = `https://chatgpt.com/'-alert(1)-'<script>alert(1)</script>?"><svg onload=alert(1)>&q=</dd><script>alert(1)</script>`

/** Puts the policy into force. */
async function block({ home }: TestLab): Promise<void> {
  writeFileSync(join(home, 'gateway', 'policy.json'), JSON.stringify({ rules: [RULE] }))
  const inForce = /"event":"inspection-file-in-force","file":"policy\.json","defaults":false/
  await waitUntil(() => inForce.test(readFileSync(join(home, 'gateway', 'gateway.log'), 'utf8')))
}

void t.test('a captured browser whose pages are inspected', { skip }, (t) =>
  withLab(t, async (lab) => {
    await block(lab)
    const command = [process.execPath, DRIVER, findBrowser(SEARCH_PATH), join(lab.home, 'profile'), HOSTILE]
    const { code, stdout, stderr } = await lab.run(command, { env: { HOME: lab.home } })
    t.equal(code, 0, code === 0 ? 'it ends in order, and no page had a certificate error' : stderr)
    const { h2, http1, bypassed, blocked, notskope } = JSON.parse(stdout) as InspectedPages

    for (const [protocol, seen] of Object.entries({ h2, 'http/1.1': http1 })) {
      t.match(seen, { status: 200, protocol }, `the steered page comes over ${protocol}`)
      t.equal(seen.issuer, 'ca.lab.goskope.com', "with a certificate of the tenant's authority")
      t.match(seen.probes['whoami'], /"from":"127\.16\.116\.1"/)
      t.match(seen.probes['whoami'], `"alpn":"${protocol}"`, 'the origin is asked in the same version')
      t.equal(seen.probes['ws'], 'ok: echoed hello', 'its WebSocket works')
      t.equal(seen.probes['sse'], 'ok: received 3 events', 'its server-sent events arrive')
      t.ok(seen.eventsMs > 200, `each when it is sent: ${seen.eventsMs} ms from the first to the third`)
    }
    t.match(
      bypassed,
      { status: 200, protocol: 'h2', issuer: 'steerlab lab origins CA' },
      "a bypassed one has the origin's",
    )
    t.match(bypassed.probes['whoami'], /"from":"127\.0\.0\.1"/)

    t.match(blocked, { status: 403, protocol: 'h2', issuer: 'ca.lab.goskope.com' }, 'the block page')
    t.equal(blocked.title, 'This request is blocked')
    t.strictSame(
      blocked.facts,
      { message: RULE.message, rule: RULE.name, url: blocked.url },
      'values are shown as text',
    )
    t.equal(blocked.foreign, 0, 'and none of them is executed')
    t.strictSame(notskope, { http: 'You are steered', https: 'You are steered' })

    const log = readFileSync(join(lab.home, 'gateway', 'transactions.log'), 'utf8')
    const found = log.split('\n').flatMap((line) => readTransaction(line) ?? [])
    t.ok(
      found.some(
        ({ url, status, protocol }) => url === 'https://box.com/ws' && status === 101 && protocol === 'http/1.1',
      ),
    )
    t.match(
      found.find(({ url }) => url === blocked.url),
      { action: 'block', rule: RULE.name, status: 403, method: 'GET', decrypted: true, process: 'chromium' },
      'what was blocked is in the transaction log under the URL that was asked for',
    )
    t.notOk(
      found.some(({ host }) => host === 'zoom.us'),
      'what was bypassed is not',
    )
  }),
)
