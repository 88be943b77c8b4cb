/** What the system says, with programs of our own in place of its. */

import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Found } from '../../../../agent/diag/bundle/member.js'
import { systemMembers } from '../../../../agent/diag/bundle/system-members.js'
import { bytesIn } from '../../../support/member-bytes.js'

/** Asks with these shell scripts and nothing else in the search path. */
function asked(directory: string, programs: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Found> {
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(directory, name), 0o755)
  }
  return systemMembers({ steerlabVersion: '1.2.3', searchPath: directory, forms: ['planted-secret'], signal })
}

async function jsonOf({ members }: Found, name: string): Promise<unknown> {
  const member = members.find((one) => one.name === name)
  return member && JSON.parse(`${await bytesIn(member)}`)
}

const whyOf = ({ leftOut }: Found): unknown => Object.fromEntries(leftOut.map(({ what, why }) => [what, why]))

void t.test('what they say becomes members, without secrets', async (t) => {
  const found = await asked(t.testdir(), {
    ip: 'case "$*" in "-V") echo "ip utility, x" >&2;; *-6*rule) ;; *) echo \'[{"dev": "planted-secret"}]\';; esac',
    lsns: 'echo \'{"args": "\'"$*"\'"}\'',
    curl: 'echo curl 8.0; echo more',
  })
  t.strictSame(await jsonOf(found, 'system/addresses.json'), [{ dev: '[redacted]' }])
  t.strictSame(await jsonOf(found, 'system/rules6.json'), [], 'nothing is an empty list')
  t.notMatch(JSON.stringify(await jsonOf(found, 'system/namespaces.json')), /command/i, 'no command lines')
  t.strictSame(found.leftOut, [])
  t.match(await jsonOf(found, 'system/versions.json'), {
    steerlab: '1.2.3',
    node: process.version,
    openssl: process.versions.openssl,
    kernel: /^\d/,
    tools: { ip: 'ip utility, x', curl: 'curl 8.0', nft: 'nft is not installed' },
  })
})

void t.test('what is not there, fails, or says nonsense is told', async (t) => {
  const found = await asked(t.testdir(), {
    ip: 'case "$*" in *addr) echo "no right to" >&2; exit 1;; *rule) exit 3;; *) echo nonsense;; esac',
  })
  t.match(whyOf(found), {
    'system/addresses.json': 'no right to',
    'system/routes.json': 'ip gave no JSON',
    'system/rules.json': 'ip ended with exit code 3',
    'system/namespaces.json': 'lsns is not installed',
  })
})

void t.test('who says too much is cut off', async (t) => {
  const found = await asked(t.testdir(), { lsns: 'exec /usr/bin/head -c 9000000 /dev/zero' })
  t.match(whyOf(found), { 'system/namespaces.json': 'lsns said too much' })
})

void t.test('the signal ends it at once', async (t) => {
  const start = performance.now()
  await asked(t.testdir(), { ip: 'exec /bin/sleep 4' }, AbortSignal.timeout(100))
  t.ok(performance.now() - start < 3000)
})

void t.test('the real programs', async (t) => {
  const found = await systemMembers({ steerlabVersion: '1', searchPath: '/usr/sbin:/usr/bin:/sbin:/bin', forms: [] })
  t.match(await jsonOf(found, 'system/addresses.json'), [{ ifname: 'lo' }])
})
