/** A home full of secrets, and the bundles of it. */

import { readFileSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { openPromise } from 'yauzl'
import type { SaveLogsOptions } from '../../agent/diag/bundle/save-logs.js'
import { ensureTenantCertificates } from '../../certs/tenant-authority.js'
import { SEARCH_PATH } from './needs.js'

/** What a bundle of a home without agent is asked for. */
export function bundleOptions(home: string, target: string): SaveLogsOptions {
  return {
    target,
    stagent: join(home, 'stagent'),
    logs: join(home, 'stagent', 'logs'),
    labCa: join(home, 'lab', 'labca.pem'),
    answers: undefined,
    steerlabVersion: '9.9.9',
    searchPath: SEARCH_PATH,
    now: new Date(),
  }
}

/** The members of a zip, in its order. */
export async function unpacked(archive: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>()
  const zip = await openPromise(archive)
  for await (const entry of zip.eachEntry())
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)))
  return files
}

/** The lines of a log in a bundle, the oldest first, each with its ending. */
export function linesIn(files: ReadonlyMap<string, Buffer>): readonly string[] {
  const age = (name: string): number => Number(/\.(\d+)\.log$/.exec(name)?.[1] ?? 0)
  const logs = [...files.keys()].filter((name) => name.startsWith('nsdebuglog')).toSorted((a, b) => age(b) - age(a))
  return logs.flatMap((name) => `${files.get(name)}`.split(/(?<=\n)/)).filter((line) => line !== '')
}

/** Secrets by what they are. */
export type Planted = Readonly<Record<string, string>>

/** Makes a home in `home`; answers with the secrets that are in it. */
export async function homeWithSecrets(home: string): Promise<{ readonly home: string; readonly planted: Planted }> {
  const stagent = join(home, 'stagent')
  const logs = join(stagent, 'logs')
  await mkdir(logs, { recursive: true })
  await mkdir(join(home, 'lab'))
  await ensureTenantCertificates({ home, tenant: 'acme', user: 'a@acme.example', org: 'Acme', now: new Date() })
  const set = join(home, 'gateway', 'certificates-1')
  const pemKeys = ['root', 'tenant', 'gateway'].map((name) => readFileSync(join(set, `${name}.key.pem`), 'utf8'))
  const bodies = pemKeys.map((pem) => pem.split('\n').slice(1, -2).join(''))
  const planted = {
    'org key': 'planted-org-key-0001',
    'user key': 'planted-usr-key-0002',
    'master password': 'planted master "password" 3',
    token: 'planted-token-0004',
    'proxy password': 'planted-proxy-0005',
    'pem root': pemKeys[0]!.split('\n')[3]!,
    'base64 root': bodies[0]!,
    'base64 tenant': bodies[1]!,
    'base64 gateway': bodies[2]!,
    p12: readFileSync(join(set, 'user.p12')).toString('base64'),
  }
  const branding = {
    OrgName: 'Acme',
    UserEmail: 'a@acme.example',
    OrgKey: planted['org key'],
    UserKey: planted['user key'],
  }
  const files: Readonly<Record<string, string>> = {
    'nsbranding.json': JSON.stringify(branding),
    'nsconfig.json': JSON.stringify({ innocent: bodies[0], note: pemKeys[1], seen: planted['user key'] }),
    'steerlab.json': JSON.stringify({
      masterPassword: planted['master password'],
      tokens: [planted.token],
      proxy: `socks5://bob:${planted['proxy password']}@proxy.example`,
    }),
    'broken.json': `{"OrgKey": "${planted['org key']}"`,
    'manifest.json': '{"not": "ours"}',
    'data/both.pem': readFileSync(join(set, 'gateway.pem'), 'utf8') + pemKeys[2],
    'data/bare.pem': `${bodies[2]}\n${readFileSync(join(set, 'gateway.pem'), 'utf8')}`,
    'logs/nsdebuglog.log': `line one\nasked /config?orgkey=${planted['org key']}&x\n${encodeURIComponent(planted['master password'])}\n`,
    'logs/nsdebuglog.1.log': 'older line\n',
    'logs/nsdriver.log': `driver ${planted.token}\n`,
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(stagent, name), content)
  // A section alone, and one with a block of secrets.
  const section = '0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000'
  await writeFile(join(logs, 'nspktdump.pcap'), Buffer.from(section, 'hex'))
  await writeFile(
    join(logs, 'nspktdump.1.pcap'),
    Buffer.from(`${section}0a000000140000004b534c540000000014000000`, 'hex'),
  )
  await cp(join(set, 'root.pem'), join(home, 'lab', 'labca.pem'))
  return { home, planted }
}
