// Pure: which hosts of a checked program another configuration keeps from the gateway: as long as it does, nothing is
// inspected there.

import { compilePolicy } from '../../agent/config/compile/compile-policy.js'
import type { Configuration } from '../../agent/config/configuration.js'
import { situationOf } from '../../agent/config/situation.js'
import type { FlowRecord } from '../../agent/flow-history.js'
import { decide } from '../../agent/steering/decide.js'
import { isConnection, type SeenHost, seenHost, unique } from './evidence.js'

/** The hosts of these flows that the configuration does not steer, each with its rule. */
export function notSteered(flows: readonly FlowRecord[], configuration: Configuration): readonly SeenHost[] {
  const policy = compilePolicy(configuration)
  const situation = situationOf(configuration)
  const hosts = flows.flatMap(({ facts }) => {
    // What would be read of it to decide is known: the host it named.
    const verdict = decide({ ...facts, sniffed: 'tls' }, policy, situation)
    return isConnection(facts) && verdict !== 'need-more' && verdict.action !== 'tunnel'
      ? [seenHost({ facts, verdict })]
      : []
  })
  return unique(hosts)
}
