// Pure: the entries of nsbypass.json in the words of the decision.

import type { PinnedEntry } from '../../steering/match-pinned.js'
import type { OperatingSystem } from '../../steering/operating-system.js'
import { PINNED_ACTION, type PinnedApp } from '../schema/nsbypass.js'
import { isOn } from '../schema/values.js'
import type { Placed } from './half-lists.js'

const ACTIONS: Readonly<Record<PinnedApp['action'], PinnedEntry['action']>> = {
  [PINNED_ACTION.bypass]: 'bypass',
  [PINNED_ACTION.block]: 'block',
  [PINNED_ACTION.managed]: 'bypass-managed',
}

/**
 * The entries for one operating system; undefined = for any. `*` as an app domain needs the flag
 * `enhancedCertPinnedApplist` (C890, client-behaviour 2.4); only a flag that is off takes it away.
 */
export function* pinnedEntries(
  apps: Iterable<Placed<PinnedApp>>,
  os: OperatingSystem | undefined,
  enhanced: PinnedApp['isRegex'],
): Generator<PinnedEntry> {
  const anyHost = enhanced === undefined || isOn(enhanced)
  for (const { entry: app, path } of apps) {
    if (os !== undefined && app.os !== undefined && !app.os.includes(os)) continue
    yield {
      appName: app.appName,
      processName: app.processName,
      isPattern: isOn(app.isRegex),
      domains: anyHost ? app.app_domains : app.app_domains.filter((domain) => domain !== '*'),
      action: ACTIONS[app.action],
      mode: app.mode,
      tunnelDomains: app.tunnel_domains ?? [],
      rule: { file: 'nsbypass.json', path },
    }
  }
}
