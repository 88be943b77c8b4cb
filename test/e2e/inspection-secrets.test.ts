/** Private keys stay where they were made: nothing else of a home that has worked, and nothing it says, holds any of them. */

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { processesOf } from '../support/leftovers.js'
import { lacking } from '../support/needs.js'
import { type Found, filesOf, holders, keysIn, tracesOf } from '../support/private-keys.js'
import { withLab } from '../support/steerlab.js'

void t.test('private keys', { skip: lacking('capture', 'curl') }, (t) =>
  withLab(t, async (lab) => {
    const said: Found[] = []
    const keep = (file: string, { stdout, stderr }: { stdout: string; stderr: string }) =>
      said.push({ file, content: Buffer.concat([Buffer.from(stdout, 'latin1'), Buffer.from(stderr)]) })

    // Only the files of these variables: tap's name programs and tests, with words like those of a key in them.
    // Traffic of every kind, what fails included, with each way of trust; what it sees of its world is told.
    for (const trust of ['none', 'env', 'store']) {
      const look = `curl -sS https://box.com/whoami https://dropbox.com/ https://self-signed.lab.example/ https://notskope.com/whoami http://box.com/;
          env; cat /etc/ssl/certs/ca-certificates.crt; for f in $(env | grep -E '^[A-Z_]*(CA|CERT|SSL|JAVA)' | tr ' =' '\\n\\n' | grep '^/' | sort -u); do test -f "$f" && cat "$f"; done; exit 0`
      keep(`run --trust ${trust}`, await lab.cli(['run', '--trust', trust, '--', 'sh', '-c', look]))
    }
    const seen = said.map(({ content }) => content.toString('latin1'))
    for (const text of seen) t.ok(text.includes('BEGIN CERTIFICATE'), 'it has seen a bundle')
    t.ok(seen.at(-1)?.includes('You are steered'), 'a page of the gateway, too')
    for (const args of [
      ['ca', 'show'],
      ['ca', 'show', '--json'],
      ['ca', 'export'],
      ['ca', 'export', '--chain'],
      ['ca', 'export', '--format', 'der'],
      ['ca', 'export', '--format', 'p12'],
      ['ca', 'export', '--format', 'p12', '--chain', '--passphrase', 'secret'],
      ['ca', 'export', '--out', '/nonexistent/directory/x'],
      ['status', '--json'],
      ['transactions', '--json'],
      ['flows', '--json'],
      ['up'],
    ])
      keep(args.join(' '), await lab.cli(args))
    keep('up --lab', { stdout: lab.up.said(), stderr: '' })
    for (const { pid, command } of processesOf(lab.home))
      for (const what of ['cmdline', 'environ'])
        said.push({ file: `${what} of ${command}`, content: readFileSync(`/proc/${pid}/${what}`) })

    const files = filesOf(lab)
    const keys = keysIn(files)
    await t.test('lie in files that nobody else may read', async (t) => {
      for (const name of ['root', 'tenant', 'gateway'])
        t.ok(
          keys.some(({ file }) => file.startsWith('gateway/certificates') && file.includes(name)),
          `one is of ${name}`,
        )
      for (const { file } of keys) {
        t.match(file, /^(gateway|lab)\//)
        t.equal(statSync(join(lab.home, file)).mode & 0o777, 0o600, file)
      }
      for (const { file } of files.filter(({ file }) => file.endsWith('.p12')))
        t.equal(statSync(join(lab.home, file)).mode & 0o777, 0o600, file)
    })

    await t.test('are in no other file, and nothing says them', async (t) => {
      t.ok(files.some(({ file }) => file.endsWith('transactions.log')))
      t.ok(files.some(({ file }) => file.endsWith('gateway.log')))
      t.ok(files.some(({ file }) => file.endsWith('nsdebuglog.log')))
      for (const { file, pem } of keys) {
        const traces = tracesOf(pem)
        t.strictSame(holders(files, traces), [file], `the key in ${file} is there alone`)
        t.strictSame(holders(said, traces), [], 'and nothing says it')
      }
      const words = said.filter(({ content }) => content.includes('PRIVATE KEY')).map(({ file }) => file)
      t.strictSame(words, [], 'nor any other key')
    })
  }),
)
