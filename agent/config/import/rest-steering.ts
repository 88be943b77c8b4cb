// Pure: what is steered, from a REST v1 steering configuration to the keys of nssteering.json.

import { normalizeHost } from '../../steering/match-domain.js'
import type { SourceValue } from './source-document.js'
import { readTrafficMode, type TrafficMode } from './traffic-mode.js'

/** What is steered, everywhere or in one half of dynamic steering. */
export interface SteeredTraffic {
  readonly traffic_mode: TrafficMode
  readonly domains: readonly string[]
}

/** Reads `traffic_type` and `steered_traffic` of a configuration or of a half. */
export function steeredTraffic(source: SourceValue): SteeredTraffic {
  const apps = source.member('steered_traffic')?.member('data')?.items() ?? []
  const domains = [...new Set(apps.flatMap(appDomains))]
  const type = source.member('traffic_type')
  const word = type?.text()
  const { mode, guessed } = readTrafficMode(word, domains.length > 0)
  if (guessed && word === undefined) source.remark(`is not given: taken as ${mode}`, 'traffic_type')
  else if (guessed) type?.remark(`the meaning of this word is not public: taken as ${mode}`)
  return { traffic_mode: mode, domains }
}

/** The domains of one app; with the app they mean all that is below them. */
function appDomains(app: SourceValue): readonly string[] {
  if (app.member('disabled')?.isOn() === true) {
    app.leaveOut('is disabled, and the files only have what is steered')
    return []
  }
  app.member('app_name')?.read()
  return (app.member('app_domains')?.texts() ?? []).flatMap(({ text, source }) => {
    const domain = text.replace(/^\*\./, '')
    if (normalizeHost(domain) !== '') return [domain]
    source.leaveOut(`${JSON.stringify(text)} is not a domain`)
    return []
  })
}
