// Pure: the configuration that is meant among those of a REST v1 `steeringconfig` answer (client-behaviour 2.7).

import { userMistake } from '../../errors.js'
import type { SourceValue } from './source-document.js'

/** The configurations of a document: of an answer its `data`, else the document itself, one or a list. */
function configurationsIn(root: SourceValue): readonly SourceValue[] {
  const data = root.member('data') ?? root
  const listed = data.items()
  return (listed.length > 0 ? listed : [data]).filter(isConfiguration)
}

function isConfiguration(value: SourceValue): boolean {
  return ['steering_config', 'exceptions', 'on_prem', 'off_prem'].some((key) => value.member(key) !== undefined)
}

/** Whether a document holds steering configurations at all. */
export function holdsSteeringConfig(root: SourceValue): boolean {
  return configurationsIn(root).length > 0
}

/**
 * The configuration called `name`, else of the enabled ones that of the smallest priority; the others are listed.
 * Throws a user's mistake: `no-steering-config` when there is none, `unknown-steering-config` when none has the name.
 */
export function chooseConfiguration(root: SourceValue, name: string | undefined): SourceValue {
  const all = configurationsIn(root).map((source, index) => ({
    source,
    index,
    name: source.member('steering_config')?.text() ?? '',
    enabled: source.member('enabled')?.isOn() ?? true,
    priority: Number(source.member('priority')?.text() ?? Number.POSITIVE_INFINITY),
  }))
  const names = all.map(({ name }) => JSON.stringify(name)).join(', ')
  if (all.length === 0) throw userMistake('no-steering-config', 'there is no steering configuration in it')
  const first = all.filter(({ enabled }) => enabled).sort((a, b) => a.priority - b.priority || a.index - b.index)[0]
  const chosen = name === undefined ? (first ?? all[0]!) : all.find((one) => one.name === name)
  if (chosen === undefined) {
    throw userMistake(
      'unknown-steering-config',
      `there is no steering configuration ${JSON.stringify(name)}; there is ${names}`,
    )
  }
  for (const { source, name } of all) {
    if (source !== chosen.source)
      source.leaveOut(`another configuration: --config-name ${JSON.stringify(name)} imports it`)
  }
  if (!chosen.enabled) chosen.source.member('enabled')?.remark('is disabled in the tenant, and imported all the same')
  return chosen.source
}
