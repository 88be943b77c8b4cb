// Pure: a REST v1 `steeringconfig` document (client-behaviour 2.7) as nssteering.json, nsexception.json and
// nsbypass.json. Whatever of the document these do not say is listed.

import type { OperatingSystem } from '../../steering/operating-system.js'
import type { Imported } from './imported.js'
import { chooseConfiguration, holdsSteeringConfig } from './rest-choice.js'
import { exceptionLists } from './rest-exceptions.js'
import { pinnedApps } from './rest-pinned.js'
import { steeredTraffic } from './rest-steering.js'
import { SourceDocument, type SourceValue } from './source-document.js'

/** Which of a document's contents are meant. */
export interface RestOptions {
  /** The name of a configuration; without it the first that is enabled. */
  readonly name?: string | undefined
  /** Only the pinned apps of this system. */
  readonly os?: OperatingSystem | undefined
}

/** Keys whose values steer nothing: the answer's envelope, totals, comments, and the catalogue's facts about an app. */
export const IDLE_KEYS: ReadonlySet<string> = new Set([
  'status',
  'msg',
  'count',
  'notes',
  'custom',
  'app_id',
  'app_cci',
  'app_ccl',
  'app_category',
  'modify_time',
])

/** Whether a JSON value is such a document. */
export function isRestDocument(value: unknown): boolean {
  return holdsSteeringConfig(new SourceDocument(value).root)
}

/** Imports one configuration. Throws a user's mistake: `no-steering-config` or `unknown-steering-config`. */
export function importRest(value: unknown, { name, os }: RestOptions): Imported {
  const document = new SourceDocument(value)
  const source = chooseConfiguration(document.root, name)
  const envelope = { status: 'success', steering_config_name: source.member('steering_config')?.text() ?? '' }
  const onPrem = source.member('on_prem')
  const offPrem = source.member('off_prem')
  const located = source.member('location_based_steering')?.isOn() === true
  const dynamic = located || onPrem !== undefined || offPrem !== undefined
  /** What `read` makes of the whole, or of each half; a half that is missing says nothing. */
  const byHalf = <Content>(read: (part: SourceValue) => Content) =>
    dynamic ? { ...(onPrem && { on_prem: read(onPrem) }), ...(offPrem && { off_prem: read(offPrem) }) } : undefined
  const traffic = byHalf(steeredTraffic)
  const files = {
    'nssteering.json': {
      ...(traffic === undefined
        ? steeredTraffic(source)
        : { traffic_mode: traffic.off_prem?.traffic_mode ?? 'web', domains: [] }),
      domain_ports: {},
      dynamic_steering: dynamic ? 1 : 0,
      ...traffic,
      private_apps_enabled: source.member('private_apps_enabled')?.isOn() === true ? 1 : 0,
      ...envelope,
    },
    'nsexception.json': {
      ...(dynamic ? { names: [], ips: [] } : exceptionLists(source)),
      ...byHalf(exceptionLists),
      ...envelope,
    },
    'nsbypass.json': {
      certPinnedAppList: dynamic ? [] : pinnedApps(source, os),
      ...byHalf((half) => ({ certPinnedAppList: pinnedApps(half, os) })),
      ...envelope,
    },
  }
  return { files, notes: document.notes(IDLE_KEYS, 'has no place in the files') }
}
