// Pure: what of a configuration loads and hardly says what was meant: entries that do nothing, that never match, or that
// nobody asks. Every list costs about as much as compiling it.

import type { Location, RuleFile, RuleRef } from '../../steering/flow.js'
import type { IdleList } from '../../steering/policy.js'
import { halfLists } from '../compile/half-lists.js'
import type { Configuration } from '../configuration.js'
import { isOn } from '../schema/values.js'
import { lintAddresses } from './addresses.js'
import { lintDomains } from './domains.js'
import type { Finding } from './finding.js'
import { fileLists } from './lists.js'
import { lintPinned, type PinnedReading } from './pinned.js'
import { type SeenFlows, SeenIndex } from './unseen.js'

/** The findings of a configuration; `seen` = what logs show, to be held against it. */
export function lintConfiguration(configuration: Configuration, seen?: SeenFlows): readonly Finding[] {
  const lists = fileLists(configuration)
  const { client, lab } = configuration
  const flag = client.enhancedCertPinnedApplist
  const how: PinnedReading = {
    reading: lab.readings?.pinned ?? 'suffix',
    anyHost: flag === undefined || isOn(flag),
    os: lab.endpoint?.os,
  }
  return [
    ...lists.domains.flatMap(({ rules, reading }) => lintDomains(rules, reading)),
    ...lists.addresses.flatMap(({ rules }) => lintAddresses(rules)),
    ...lists.pinned.flatMap((apps) => lintPinned(apps, how)),
    ...notAsked(configuration),
    ...allOrNothing(configuration),
    ...(seen === undefined ? [] : unseen(configuration, seen)),
  ]
}

function unseen(configuration: Configuration, seen: SeenFlows): readonly Finding[] {
  const { domains, addresses, pinned } = fileLists(configuration)
  const index = new SeenIndex(seen)
  return [
    ...domains.flatMap(({ rules, reading, isException }) => (isException ? index.unseenDomains(rules, reading) : [])),
    ...addresses.flatMap(({ rules, isException }) => (isException ? index.unseenAddresses(rules) : [])),
    ...pinned.flatMap((apps) => index.unseenApps(apps)),
  ]
}

/** Lists that are there, and that do not hold in a mode or location, or nowhere. */
function notAsked(configuration: Configuration): readonly Finding[] {
  if (configuration.steering.dynamic_steering !== 1) {
    const idle = halfLists(configuration, 'off-prem').idle
    return [...idle.map((list) => nowhere(list)), ...halvesWithout(configuration)]
  }
  const idle: Readonly<Record<Location, readonly IdleList[]>> = {
    'on-prem': halfLists(configuration, 'on-prem').idle,
    'off-prem': halfLists(configuration, 'off-prem').idle,
  }
  const isIdle = (location: Location, path: string) => idle[location].some(({ rule }) => rule.ref.path === path)
  return [
    ...idle['on-prem'].map((list) => {
      return isIdle('off-prem', list.rule.ref.path) ? nowhere(list) : half(list, 'on-prem')
    }),
    ...idle['off-prem'].filter(({ rule }) => !isIdle('on-prem', rule.ref.path)).map((list) => half(list, 'off-prem')),
  ]
}

/** What leaves nothing steered, or no address without an exception. */
function allOrNothing(configuration: Configuration): readonly Finding[] {
  const locations: readonly Location[] =
    configuration.steering.dynamic_steering === 1 ? ['on-prem', 'off-prem'] : ['off-prem']
  const findings = new Map<string, Finding>()
  const say = (rule: RuleRef, sentence: string): void => {
    findings.set(`${rule.file} ${rule.path}`, { severity: 'warning', kind: 'looks-wrong', rule, sentence })
  }
  for (const location of locations) {
    const { mode, modeRule, cloudApps, exceptions } = halfLists(configuration, location)
    if (mode === 'cloud-apps' && [...cloudApps].length === 0)
      say(modeRule, 'steers nothing: there are no domains of cloud apps')
    for (const { entry, path } of exceptions.ips)
      if (/\/0+$/.test(entry.value)) say({ file: 'nsexception.json', path }, `\`${entry.value}\` excepts every address`)
  }
  return [...findings.values()]
}

function nowhere({ rule, why }: IdleList): Finding {
  return { severity: 'warning', kind: 'not-asked', rule: rule.ref, sentence: `is not asked: ${why}` }
}

function half({ rule, why }: IdleList, location: Location): Finding {
  return { severity: 'hint', kind: 'not-asked', rule: rule.ref, sentence: `is not asked ${location}: ${why}` }
}

/** Halves of dynamic steering in files of a configuration that has none. */
function halvesWithout({ steering, exceptions, pinned }: Configuration): readonly Finding[] {
  const files: ReadonlyArray<
    readonly [RuleFile, Pick<typeof exceptions | typeof steering | typeof pinned, 'on_prem' | 'off_prem'>]
  > = [
    ['nssteering.json', steering],
    ['nsexception.json', exceptions],
    ['nsbypass.json', pinned],
  ]
  return files.flatMap(([file, halves]) =>
    (['on_prem', 'off_prem'] as const)
      .filter((key) => Object.keys(halves[key] ?? {}).length > 0)
      .map((key): Finding => {
        const sentence = 'is not asked: dynamic_steering is not on, and without it there is one half'
        return { severity: 'warning', kind: 'not-asked', rule: { file, path: `$.${key}` }, sentence }
      }),
  )
}
