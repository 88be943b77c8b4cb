/**
 * The files captured programs see in place of the host's: a resolver that is ours, name service switch that asks DNS and
 * nobody else, and a browser policy (no DNS over HTTPS, no QUIC, trust in the authorities given). They are written below
 * the home and bound over the host's paths in the private mount namespace only.
 */

import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseResolvConf, type ResolvConf, renderResolvConf } from '../dns/resolv-conf.js'
import type { HolderPlan, PrivateFile } from './namespace-messages.js'
import { CAPTURE_NAMESERVER } from './namespace-plan.js'

/** Sockets there answer names past our DNS: systemd-resolved, and the name service cache daemon. */
const HIDDEN = ['/run/systemd/resolve', '/run/nscd'] as const

/** Where Chromium and Chrome look for managed policy; bound only where it exists, for nothing may be made on the host. */
const BROWSER_POLICIES = ['/etc/chromium', '/etc/opt/chrome'] as const

/** PEM certificates -> base64 DER, as Chromium's CACertificates policy wants them. */
function derOf(pem: string): string[] {
  return pem
    .split('-----BEGIN CERTIFICATE-----')
    .slice(1)
    .map((part) => part.split('-----END')[0]!.replace(/\s/g, ''))
}

/** The text of nsswitch.conf with hosts looked up in files and DNS alone. */
export function nsswitchWithDns(text: string): string {
  const kept = text.split('\n').filter((line) => !/^\s*hosts\s*:/.test(line))
  return ['hosts: files dns', ...kept].join('\n')
}

/** The browser policy as JSON; `authorities` are PEM certificates the browser trusts beside its own. */
export function browserPolicy(authorities: readonly string[]): string {
  const policy = { DnsOverHttpsMode: 'off', QuicAllowed: false, CACertificates: authorities.flatMap(derOf) }
  return `${JSON.stringify(policy, null, 2)}\n`
}

/** The directories that hold browsers' policies on this machine: what is bound there is for its browsers. */
export function browserPolicyPlaces(): readonly string[] {
  return BROWSER_POLICIES.filter((path) => existsSync(path))
}

/** Writes what is to stand in place of such a directory. */
export function writeBrowserPolicy(directory: string, authorities: readonly string[]): void {
  const managed = join(directory, 'policies', 'managed')
  mkdirSync(managed, { recursive: true, mode: 0o755 })
  writeFileSync(join(managed, 'steerlab.json'), browserPolicy(authorities), { mode: 0o644 })
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}

/** What the host's resolv.conf says; nothing where there is none. */
export function hostResolvConf(): ResolvConf {
  return parseResolvConf(readOr('/etc/resolv.conf', ''))
}

/** Writes the files below `directory` (made anew) and says what the holder is to bind where. */
export function preparePrivateFiles(directory: string, authorities: readonly string[]): HolderPlan {
  rmSync(directory, { recursive: true, force: true })
  const browser = join(directory, 'browser')
  writeBrowserPolicy(browser, authorities)
  const write = (name: string, text: string): string => {
    const path = join(directory, name)
    writeFileSync(path, text, { mode: 0o644 })
    return path
  }
  const resolvConf = renderResolvConf(CAPTURE_NAMESERVER, hostResolvConf())
  const files: PrivateFile[] = []
  // Where there is no such file there is nothing to cover: the C library then asks 127.0.0.1, which is captured as well.
  if (existsSync('/etc/resolv.conf'))
    files.push({ path: realpathSync('/etc/resolv.conf'), source: write('resolv.conf', resolvConf) })
  if (existsSync('/etc/nsswitch.conf'))
    files.push({
      path: realpathSync('/etc/nsswitch.conf'),
      source: write('nsswitch.conf', nsswitchWithDns(readOr('/etc/nsswitch.conf', ''))),
    })
  for (const path of browserPolicyPlaces()) files.push({ path, source: browser })
  return { hidden: [...HIDDEN], files }
}
