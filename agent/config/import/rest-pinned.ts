// Pure: the certificate-pinned apps of a REST v1 steering configuration to the entries of nsbypass.json. The document
// has an app once, with a block for each operating system; the file has an entry for each process.

import { isAppDomain } from '../../steering/match-domain.js'
import type { OperatingSystem } from '../../steering/operating-system.js'
import { DEFAULT_PINNED_APPS } from '../default-apps.js'
import { PINNED_ACTION, type PinnedApp } from '../schema/nsbypass.js'
import type { SourceValue } from './source-document.js'

/** An entry of certPinnedAppList. */
export interface ImportedApp {
  readonly action: PinnedApp['action']
  readonly appName: string
  readonly app_domains: readonly string[]
  readonly mode: 'direct' | 'tunnel'
  readonly processName: string
  readonly tunnel_domains: readonly string[]
  readonly os?: readonly OperatingSystem[]
}

/** The keys of an app's blocks, and the system each is for; undefined for those the lab has no endpoints of. */
const BLOCKS: ReadonlyArray<readonly [key: string, os: OperatingSystem | undefined]> = [
  ['windows', 'windows'],
  ['mac', 'macos'],
  ['macos', 'macos'],
  ['linux', 'linux'],
  ['android', undefined],
  ['ios', undefined],
]

/** What is known to be in a block beside its processes. */
const BLOCK_KEYS = ['action', 'enabled', 'managed_device', 'tunnel', 'tunnel_domains', 'domains'] as const

/** Reads the pinned apps of a configuration or of a half; with `os` only those of that system, whose entries then need not name it. */
export function pinnedApps(source: SourceValue, os: OperatingSystem | undefined): readonly ImportedApp[] {
  const apps = source.member('exceptions')?.member('cert_pinned_apps')?.member('data')?.items() ?? []
  return apps.flatMap((app) => appEntries(app, os))
}

function appEntries(app: SourceValue, wanted: OperatingSystem | undefined): readonly ImportedApp[] {
  if (app.member('enabled')?.isOn() === false)
    return leftOut(app, 'is disabled, and the files have no disabled entries')
  const data = app.member('data') ?? app
  const shownName = app.member('app_name')?.text()
  const appName = data.member('appName')?.text() ?? shownName
  if (appName === undefined) return leftOut(app, 'has no name')
  const blocks = BLOCKS.flatMap(([key, os]) => {
    const block = data.member(key)
    return block === undefined ? [] : [{ block, os }]
  })
  const given = [data, ...blocks.map(({ block }) => block)].flatMap((part) => domainsOf(part, 'domains'))
  const app_domains = given.length > 0 ? [...new Set(given)] : knownDomains(app, appName)
  return blocks.flatMap(({ block, os }) => {
    // Nothing is said of a system: predefined apps have a block for each.
    if ((block.member('processes')?.items() ?? []).length === 0) return nothing(block)
    if (os === undefined) return leftOut(block, 'no endpoint of the lab runs this system')
    if (wanted !== undefined && os !== wanted) return leftOut(block, `is not of ${wanted}, which --os asks for`)
    return blockEntries(block, { appName, app_domains, ...(wanted === undefined ? { os: [os] } : {}) })
  })
}

function blockEntries(
  block: SourceValue,
  app: Pick<ImportedApp, 'appName' | 'app_domains' | 'os'>,
): readonly ImportedApp[] {
  if (block.member('enabled')?.isOn() === false)
    return leftOut(block, 'is disabled, and the files have no disabled entries')
  const managed = block.member('managed_device')?.isOn() === true
  const tunnel = block.member('tunnel')?.isOn() === true
  const code = block.member('action')
  if (code !== undefined && code.text() !== String(PINNED_ACTION.bypass)) {
    code.leaveOut('only the code 1 (bypass) is public: taken as bypass')
  }
  const { appName, app_domains, os } = app
  const tunnel_domains = domainsOf(block, 'tunnel_domains')
  const names = new Set((block.member('processes')?.items() ?? []).map((name) => name.text() ?? ''))
  names.delete('')
  return [...names].map((processName) => ({
    action: managed ? PINNED_ACTION.managed : PINNED_ACTION.bypass,
    appName,
    app_domains,
    mode: tunnel ? 'tunnel' : 'direct',
    processName,
    tunnel_domains,
    ...(os === undefined ? {} : { os }),
  }))
}

function domainsOf(part: SourceValue, key: string): readonly string[] {
  return (part.member(key)?.texts() ?? []).flatMap(({ text, source }) => {
    return isAppDomain(text) ? [text] : leftOut(source, `${JSON.stringify(text)} is not a domain`)
  })
}

/** The domains of an app of whose systems none lists any: the documentation's sample has them for phones only. */
function knownDomains(app: SourceValue, appName: string): readonly string[] {
  const predefined = DEFAULT_PINNED_APPS.find((known) => known.appName === appName)
  if (predefined !== undefined) {
    app.remark('is not given: taken as those of the predefined app', 'domains')
    return predefined.app_domains
  }
  app.remark('is not given: taken as *, any host', 'domains')
  return ['*']
}

function nothing(block: SourceValue): [] {
  for (const key of BLOCK_KEYS) block.member(key)?.read()
  return []
}

function leftOut(source: SourceValue, reason: string): [] {
  source.leaveOut(reason)
  return []
}
