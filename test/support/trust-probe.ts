/**
 * Runs inside a captured namespace: two servers on its own loopback, one with a certificate of the lab's authority and one
 * with the tenant's, and clients that ask both. Prints as JSON which client asked which server, for who distrusts a
 * certificate asks nothing: `{"curl": ["lab", "tenant"], ...}`. Arguments: the home, then clients.
 */

import { spawn } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { generateKeys, privateKeyPem } from '../../certs/keys.js'
import { issueCertificate, openIssuer } from '../../certs/x509.js'
import { findBrowser } from '../../scripts/process/browser.js'

const [home = '', ...clients] = process.argv.slice(2)
const scratch = mkdtempSync('/tmp/slt-probe-')

const JAVA = `public class Ask { public static void main(String[] args) {
  for (String url : args) try { new java.net.URL(url).openStream().close(); } catch (java.io.IOException e) { System.err.println(e); }
} }`

/** The command line of a client; the URLs end in its name. */
const COMMANDS: Readonly<Record<string, (...urls: string[]) => readonly string[]>> = {
  curl: (...urls) => ['curl', '-sS', '--max-time', '5', ...urls],
  wget: (...urls) => ['wget', '-qO-', '--tries=1', ...urls],
  git: (...urls) => shell(urls, (url) => `git ls-remote ${url}`),
  openssl: (...urls) =>
    shell(urls, (url) => {
      const { host, pathname } = new URL(url)
      return `printf 'GET ${pathname} HTTP/1.0\\r\\n\\r\\n' | openssl s_client -quiet -verify_return_error -connect ${host}`
    }),
  python: (...urls) => shell(urls, (url) => `/usr/bin/python3 -c 'import urllib.request as r; r.urlopen("${url}")'`),
  node: (...urls) => [
    process.execPath,
    '-e',
    'process.argv.slice(1).map((url) => fetch(url).catch(() => {}))',
    ...urls,
  ],
  java: (...urls) => {
    const file = join(scratch, 'Ask.java')
    writeFileSync(file, JAVA)
    return ['java', '-Xshare:auto', '-XX:TieredStopAtLevel=1', file, ...urls]
  },
  chromium: (...urls) =>
    shell(urls, (url) => {
      const profile = `--user-data-dir=${mkdtempSync(join(scratch, 'profile-'))}`
      return `${findBrowser(process.env['PATH'] ?? '')} ${profile} --no-sandbox --headless=new --disable-gpu --dump-dom ${url}`
    }),
}

function shell(urls: readonly string[], line: (url: string) => string): readonly string[] {
  return ['sh', '-c', urls.map(line).join('; ')]
}

/** The newest generation of a set of certificates. */
function authority(directory: string, name: string) {
  const set =
    readdirSync(directory)
      .filter((entry) => /^[a-z]+-\d+$/.test(entry))
      .sort()
      .at(-1) ?? ''
  const read = (suffix: string): string => readFileSync(join(directory, set, `${name}${suffix}`), 'utf8')
  return openIssuer(read('.pem'), createPrivateKey(read('.key.pem')))
}

const keys = await generateKeys('ec-p256')
const asked: Record<string, string[]> = Object.fromEntries(clients.map((client) => [client, []]))

/** Serves on loopback; gives the URL. */
async function serve(who: string, issuer: ReturnType<typeof authority>): Promise<string> {
  const cert = issueCertificate({
    issuer,
    purpose: 'server',
    subject: { commonName: 'localhost' },
    names: ['localhost'],
    subjectPublicKey: keys.publicKey,
    days: 2,
    now: new Date(),
  })
  const server = createServer({ cert, key: privateKeyPem(keys.privateKey) }, ({ url = '' }, response) => {
    const seen = asked[url.split('/')[1] ?? '']
    if (seen?.includes(who) === false) seen.push(who)
    response.end('asked')
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `https://localhost:${(server.address() as AddressInfo).port}`
}

const lab = await serve('lab', authority(join(home, 'lab'), 'labca'))
const tenant = await serve('tenant', authority(join(home, 'gateway'), 'root'))
for (const client of clients) {
  const [file = '', ...args] = COMMANDS[client]!(`${lab}/${client}`, `${tenant}/${client}`)
  // What it says goes where a failing test shows it.
  const child = spawn(file, args, { stdio: ['ignore', 2, 2], timeout: 20_000 })
  await once(child, 'close')
}
process.stdout.write(JSON.stringify(asked))
rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
process.exit(0)
