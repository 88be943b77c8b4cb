// Pure: a scenario of the user's own, as a JSON file: a built-in one to begin with, and hosts, programs, users, rules and
// faults beside it. Checked like the client's files: every problem with file, line, path and what is allowed.

import { isIP, isIPv6 } from 'node:net'
import * as z from 'zod'
import { type Checked, checkJson } from '../config/check.js'
import { pinnedAppsSchema } from '../config/schema/nsbypass.js'
import { exceptionsSchema } from '../config/schema/nsexception.js'
import { matching, numberFrom, oneOf, only, wholeNumber } from '../config/schema/strict-values.js'
import { listOf, port, textThat } from '../config/schema/values.js'
import { isAddressRange } from '../steering/address.js'
import { type App, tcp, udp } from './app.js'
import { parseDuration, parseSize, US_PER_MINUTE } from './calendar.js'
import { FAULT_KINDS, type Scenario } from './scenario.js'
import { NORMAL_DAY, SCENARIOS } from './scenarios.js'

/** A scenario file's content, or a line for each problem. */
export type CheckedScenario = { readonly scenario: Scenario } | { readonly problems: readonly string[] }

const host = matching(/^(?=.{1,253}$)[\w-]{1,63}(\.[\w-]{1,63})+$/, 'a host name such as crm.example.com')
const process = matching(/^[^\p{C},]{1,255}$/u, 'a process name of at most 255 characters, without commas')
const duration = textThat('a duration such as 90s, 15m or 2h', (text) => parseDuration(text) !== undefined)
const CLOCK = 'a time of day such as 10:40'
const clock = matching(/^([01]\d|2[0-3]):[0-5]\d$/, CLOCK)

const target = only({
  host,
  port: port.optional(),
  transport: oneOf(['tcp', 'udp']).optional(),
  weight: numberFrom(0.001, 1_000_000).optional(),
  nameless: numberFrom(0, 1).optional(),
})

const range = z
  .tuple([wholeNumber(1, 10_000), wholeNumber(1, 10_000)], {
    error: 'two whole numbers from 1 to 10000, as in [2, 20]',
  })
  .refine(([least, most]) => least <= most, { error: 'two whole numbers, the smaller first' })

const program = only({
  name: matching(/^[\w.-]{1,64}$/, 'a name of letters, digits, dots, - and _'),
  process,
  sessionsPerHour: numberFrom(0, 10_000).optional(),
  sessionsWhenIdle: numberFrom(0, 10_000).optional(),
  flows: range.optional(),
  spread: duration.optional(),
  targets: listOf(target, 'a list of targets').min(1, { error: 'a list of at least one target' }),
})

const schema = only({
  name: matching(/^[\w.-]{1,64}$/, 'a name of letters, digits, dots, - and _'),
  describe: z.string({ error: 'a sentence' }).optional(),
  extends: oneOf([...SCENARIOS.keys()]).optional(),
  trafficMode: oneOf(['web', 'all']).optional(),
  exceptions: exceptionsSchema.shape.names.optional(),
  addresses: listOf(textThat('an address, a CIDR or a range', isAddressRange), 'a list of addresses').optional(),
  pinned: pinnedAppsSchema.shape.certPinnedAppList.optional(),
  hosts: listOf(
    only({
      host,
      addresses: listOf(
        textThat('an IPv4 or IPv6 address', (text) => isIP(text) !== 0),
        'a list of addresses',
      ).min(1, { error: 'a list of at least one address' }),
    }),
    'a list of hosts',
  ).optional(),
  programs: listOf(program, 'a list of programs').optional(),
  users: listOf(matching(/^[^\p{C}]{1,255}$/u, 'a user name'), 'a list of user names').optional(),
  faults: listOf(
    only({ kind: oneOf(FAULT_KINDS), at: clock.optional(), lasts: duration }),
    'a list of faults',
  ).optional(),
  damage: only({
    truncated: numberFrom(0, 1).optional(),
    interleaved: numberFrom(0, 1).optional(),
    clockBack: duration.optional(),
    rotate: textThat('a size such as 10M', (text) => parseSize(text) !== undefined).optional(),
  }).optional(),
})

type ScenarioFile = z.infer<typeof schema>

/** Checks the text of a scenario file, which the problems call `label`. */
export function checkScenario(label: string, text: string): CheckedScenario {
  const checked: Checked = checkJson(label, schema, text)
  return 'problems' in checked ? checked : { scenario: scenarioOf(checked.value as ScenarioFile) }
}

function scenarioOf(file: ScenarioFile): Scenario {
  const base = SCENARIOS.get(file.extends ?? NORMAL_DAY.name) ?? NORMAL_DAY
  return {
    name: file.name,
    describe: file.describe ?? base.describe,
    trafficMode: file.trafficMode ?? base.trafficMode,
    exceptions: [...(file.exceptions ?? []), ...base.exceptions],
    addresses: [...(file.addresses ?? []), ...base.addresses],
    pinned: [...(file.pinned ?? []), ...base.pinned],
    hosts: [...(file.hosts ?? []).map(siteIn), ...base.hosts],
    apps: [...(file.programs ?? []).map(appIn), ...base.apps],
    users: file.users ?? base.users,
    faults: [...(file.faults ?? []).map(faultIn), ...base.faults],
    damage: file.damage === undefined ? base.damage : damageIn(file.damage),
  }
}

function siteIn({ host: name, addresses }: NonNullable<ScenarioFile['hosts']>[number]): Scenario['hosts'][number] {
  const of6 = (wanted: boolean) => addresses.filter((address) => isIPv6(address) === wanted)
  return { host: name.toLowerCase(), category: 'other', addresses: of6(false), addresses6: of6(true) }
}

function appIn(file: NonNullable<ScenarioFile['programs']>[number]): App {
  const names = [file.process]
  return {
    name: file.name,
    kind: 'background',
    presence: 1,
    process: { windows: names, macos: names, linux: names },
    sessions: {
      perHour: file.sessionsPerHour ?? 12,
      whenIdle: file.sessionsWhenIdle ?? 2,
      flows: file.flows ?? [1, 5],
      spreadMs: (parseDuration(file.spread ?? '5s') ?? 0) / 1000,
      parallel: [1, 2],
      retries: 0.02,
    },
    targets: file.targets.map(({ host: name, weight, port: number, transport, nameless }) => {
      const make = transport === 'udp' ? udp : tcp
      return make(name.toLowerCase() as `${string}.${string}`, weight ?? 1, number ?? 443, nameless ?? 0)
    }),
  }
}

function faultIn({ kind, at, lasts }: NonNullable<ScenarioFile['faults']>[number]): Scenario['faults'][number] {
  const [hours = 0, minutes = 0] = at?.split(':').map(Number) ?? []
  return {
    kind,
    at: at === undefined ? undefined : hours * 60 + minutes,
    minutes: (parseDuration(lasts) ?? 0) / US_PER_MINUTE,
  }
}

function damageIn(file: NonNullable<ScenarioFile['damage']>): NonNullable<Scenario['damage']> {
  const clockBack = file.clockBack === undefined ? 0 : (parseDuration(file.clockBack) ?? 0)
  return {
    truncated: file.truncated ?? 0,
    interleaved: file.interleaved ?? 0,
    clockBackMinutes: clockBack / US_PER_MINUTE,
    rotateBytes: file.rotate === undefined ? undefined : parseSize(file.rotate),
  }
}
