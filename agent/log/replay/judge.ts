// Pure: a flow of the log decided by a configuration, with the rule in words.

import { compilePolicy } from '../../config/compile/compile-policy.js'
import type { Configuration } from '../../config/configuration.js'
import { situationOf } from '../../config/situation.js'
import { decide } from '../../steering/decide.js'
import type { DeviceClass, Endpoint, Location, RuleFile, Situation, Verdict } from '../../steering/flow.js'
import type { Policy } from '../../steering/policy.js'
import type { FilledFlow } from './fill-in.js'
import { type Outcome, outcomeOf } from './outcome.js'
import { ruleText } from './rule-text.js'

/** What is known of an endpoint; the rest is what the configuration says of it. */
export interface KnownSituation {
  readonly location?: Location | undefined
  readonly device?: DeviceClass | undefined
}

/** A rule: where it stands, and what stands there. */
export interface NamedRule {
  readonly file: RuleFile
  readonly path: string
  readonly text: string
}

/** What a configuration makes of a flow. */
export interface Judgement {
  readonly outcome: Outcome
  readonly rule: NamedRule
  /** One sentence. */
  readonly reason: string
}

/** Decides flows by one configuration. */
export class FlowJudge {
  readonly #configuration: Configuration
  readonly #policy: Policy
  readonly #situation: Situation
  readonly #texts = new Map<string, string>()

  constructor(configuration: Configuration) {
    this.#configuration = configuration
    this.#policy = compilePolicy(configuration)
    this.#situation = situationOf(configuration)
  }

  /** Whether it matters which of its addresses the endpoint uses. */
  get asksSource(): boolean {
    return Object.values(this.#policy.halves).some(({ sourceLocations }) => sourceLocations.rules.length > 0)
  }

  /** Decides a flow; `source` is the endpoint's address, '' when unknown. */
  judge(flow: FilledFlow, source: string, { location, device }: KnownSituation): Judgement {
    const situation: Situation = {
      ...this.#situation,
      location: location ?? this.#situation.location,
      device: device ?? this.#situation.device,
    }
    const endpoint: Endpoint = { ip: source, port: 0 }
    // Whatever the client read of the flow, the host in its line is what it took it for.
    const facts = { ...flow, source: endpoint, sniffed: flow.host === '' ? 'opaque' : 'tls' } as const
    const verdict = decide(facts, this.#policy, situation) as Verdict
    const { rule, reason } = verdict
    return { outcome: outcomeOf(verdict), rule: { ...rule, text: this.#textOf(verdict) }, reason }
  }

  #textOf({ rule }: Verdict): string {
    const key = `${rule.file} ${rule.path}`
    const known = this.#texts.get(key)
    if (known !== undefined) return known
    const text = ruleText(this.#configuration, rule)
    this.#texts.set(key, text)
    return text
  }
}
