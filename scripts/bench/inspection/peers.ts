/**
 * What a user would pick instead, each with a configuration of the benchmark's own and set up to its advantage: quiet, no
 * log, nothing kept or cached, bodies streamed, Node with the memory we give ours. All verify the origin and have one authority for their leaves; the keys of
 * these are what each makes by itself, RSA 2048.
 */

import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateKeys, privateKeyPem } from '../../../certs/keys.js'
import { issueRoot } from '../../../certs/x509.js'
import { findCommand, searchPath } from '../../process/find-command.js'
import { RELAY_FLAGS } from '../../process/service-child.js'
import { childrenOf } from '../process-usage.js'
import { freePort, startProgram } from './program.js'
import type { AbsentSystem, System } from './system.js'

/** What the peers are started with. */
export interface PeerOptions {
  /** A directory for their files. */
  readonly directory: string
  /** Its node_modules is where mockttp is looked for. */
  readonly packages: string | undefined
  /** Port of the origin on loopback. */
  readonly originPort: number
  /** The authority of its certificate, PEM. */
  readonly originCa: string
}

/** The authority's common name in the leaves of all peers. */
const AUTHORITY = 'steerlab bench peers'

/** nobody: squid started by root becomes another user anyway, and must own its files. */
const NOBODY = 65_534

/** Where distributions keep squid's helpers. */
const SQUID_HELPERS = '/usr/lib/squid:/usr/lib64/squid:/usr/libexec/squid:/usr/libexec'

/** Where shared memory has its names (shm_overview(7)). */
const SHARED_MEMORY = '/dev/shm'

interface Files {
  readonly directory: string
  readonly certificate: string
  readonly key: string
  /** Certificate and key in one. */
  readonly both: string
  readonly originCa: string
}

/** Starts those that are installed. Throws SteerError `bench-failed` when one of them does not start. */
export async function startPeers(options: PeerOptions): Promise<readonly (System | AbsentSystem)[]> {
  const files = await writeFiles(options)
  return Promise.all([mitmproxy(options, files), squid(options, files), mockttp(options, files)])
}

async function writeFiles({ directory, originCa }: PeerOptions): Promise<Files> {
  const keys = await generateKeys('rsa-2048')
  const certificate = issueRoot({ subject: { commonName: AUTHORITY }, keys, days: 30, now: new Date() })
  const key = privateKeyPem(keys.privateKey)
  const write = (name: string, text: string): string => {
    const file = join(directory, name)
    writeFileSync(file, text)
    return file
  }
  // The programs' users must get at them; the authority lives as long as the benchmark.
  mkdirSync(directory)
  chmodSync(directory, 0o755)
  return {
    directory,
    certificate: write('authority.pem', certificate),
    key: write('authority.key.pem', key),
    // mitmproxy wants this name in its directory.
    both: write('mitmproxy-ca.pem', key + certificate),
    originCa: write('origin-authority.pem', originCa),
  }
}

/** A peer finds the origin by its real port. */
function peer(name: string, port: number, originPort: number, pid: number): System {
  const pids = (): readonly number[] => [pid, ...childrenOf(pid)]
  return { name, port, proxy: true, host: 'localhost', hostPort: originPort, issuer: AUTHORITY, pids }
}

async function mitmproxy({ originPort }: PeerOptions, files: Files): Promise<System | AbsentSystem> {
  const name = 'mitmproxy'
  const program = findCommand('mitmdump', searchPath(process.env))
  if (program === undefined) return { name, absent: 'mitmdump is not installed' }
  const port = await freePort()
  const settings = {
    confdir: files.directory,
    ssl_verify_upstream_trusted_ca: files.originCa,
    // Otherwise it would gather the whole body before it passes it on.
    stream_large_bodies: '1m',
  }
  const set = Object.entries(settings).flatMap(([option, value]) => ['--set', `${option}=${value}`])
  const command = [program, '-q', '--listen-host', '127.0.0.1', '--listen-port', String(port), ...set]
  return peer(name, port, originPort, await startProgram({ name, command, port }))
}

async function squid({ originPort }: PeerOptions, files: Files): Promise<System | AbsentSystem> {
  const name = 'squid'
  const program = findCommand('squid', searchPath(process.env))
  const issuer = findCommand('security_file_certgen', SQUID_HELPERS)
  if (program === undefined || issuer === undefined)
    return { name, absent: 'squid with OpenSSL is not installed (Debian: squid-openssl)' }
  const user = process.getuid?.() === 0 ? NOBODY : undefined
  const own = join(files.directory, 'squid')
  mkdirSync(own)
  if (user !== undefined) chownSync(own, user, user)
  const port = await freePort()
  const certificates = join(own, 'certificates')
  execFileSync(issuer, ['-c', '-s', certificates, '-M', '4MB'], user === undefined ? {} : { uid: user, gid: user })
  writeFileSync(join(files.directory, 'hosts'), '127.0.0.1 localhost\n')
  writeFileSync(
    join(files.directory, 'squid.conf'),
    `http_port 127.0.0.1:${port} ssl-bump generate-host-certificates=on tls-cert=${files.both}
sslcrtd_program ${issuer} -s ${certificates} -M 4MB
acl first at_step SslBump1
ssl_bump peek first
ssl_bump bump all
tls_outgoing_options cafile=${files.originCa}
http_access allow all
cache deny all
access_log none
cache_log ${own}/cache.log
pid_filename ${own}/squid.pid
coredump_dir ${own}
hosts_file ${files.directory}/hosts
pinger_enable off
visible_hostname localhost
`,
  )
  // The service's name is in those of its shared memory, which must not be another squid's.
  const service = `steerlabbench${process.pid}`
  const command = [program, '-N', '-n', service, '-f', join(files.directory, 'squid.conf')]
  return peer(
    name,
    port,
    originPort,
    await startProgram({ name, command, port, user, ended: () => removeShared(service) }),
  )
}

/** squid leaves its shared memory behind. */
function removeShared(service: string): void {
  for (const file of readdirSync(SHARED_MEMORY)) if (file.startsWith(`${service}-`)) rmSync(join(SHARED_MEMORY, file))
}

async function mockttp({ packages, originPort }: PeerOptions, files: Files): Promise<System | AbsentSystem> {
  const name = 'mockttp'
  if (packages === undefined) return { name, absent: 'no --peers DIR was given' }
  const directory = resolve(packages)
  if (!existsSync(join(directory, 'node_modules', name))) return { name, absent: `it is not installed in ${directory}` }
  const port = await freePort()
  const script = fileURLToPath(new URL('./mockttp-proxy.js', import.meta.url))
  const command = [process.execPath, ...RELAY_FLAGS, script, directory, files.certificate, files.key, String(port)]
  const env = { NODE_EXTRA_CA_CERTS: files.originCa }
  return peer(name, port, originPort, await startProgram({ name, command, port, env }))
}
