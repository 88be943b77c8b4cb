// Pure: nssteering.json, what is steered (client-behaviour 1.2 and 2.1).

import * as z from 'zod'
import { isAppDomain } from '../../steering/match-domain.js'
import { count, envelope, listOf, objectOf, port, textThat } from './values.js'

// The real content of domain_ports is not public (the one file seen has `{}`). Ours: domain -> the ports on which it
// is steered as web traffic beside 80 and 443; a domain covers what lies below it, `*` is any host.
const DOMAIN_PORTS = 'an object of domains and their ports, such as {"box.com": [8443], "*": [8080]}'

// `web` is the real string; the others are ours, those of the real client are not public.
const trafficMode = z.enum(['web', 'cloud-apps', 'all'], { error: '"web", "cloud-apps" or "all"' })

const steeredDomains = listOf(textThat('a domain such as box.com', isAppDomain), 'a list of domains')

const domainPorts = z.record(textThat(DOMAIN_PORTS, isAppDomain), listOf(port, 'a list of ports'), {
  error: DOMAIN_PORTS,
})

// Ours: where the halves of dynamic steering stand in the real file is not public. What a half leaves out is the file's.
const half = objectOf({
  traffic_mode: trafficMode.optional(),
  domains: steeredDomains.optional(),
  domain_ports: domainPorts.optional(),
}).optional()

const zeroOrOne = z.literal([0, 1], { error: '0 or 1' })

const numbers = {
  onprem_steering_method: count.optional(),
  offprem_steering_method: count.optional(),
  private_apps_enabled: count.optional(),
  private_apps_enabled_specific: count.optional(),
  private_apps_on_prem: count.optional(),
  private_apps_off_prem: count.optional(),
  private_apps_on_prem_specific: count.optional(),
  private_apps_off_prem_specific: count.optional(),
  private_apps_other_steering_method: count.optional(),
  bwan_apps_enabled: count.optional(),
  bwan_apps_on_prem: count.optional(),
  bwan_apps_off_prem: count.optional(),
}

/** The schema of nssteering.json; of the numbers we keep what we do not act on. */
export const steeringSchema = objectOf({
  ...numbers,
  ...envelope,
  traffic_mode: trafficMode,
  domains: steeredDomains.optional(),
  domain_ports: domainPorts.optional(),
  dynamic_steering: zeroOrOne.optional(),
  // Real names; what their values mean is not public. Ours: 1 = at the client, 2 = in the cloud, all else = as documented.
  bypass_option: count.optional(),
  onprem_bypass_option: count.optional(),
  offprem_bypass_option: count.optional(),
  steering_method_none: zeroOrOne.optional(),
  onprem_steering_method_none: zeroOrOne.optional(),
  offprem_steering_method_none: zeroOrOne.optional(),
  // Ours: "Steer DNS traffic" exists (client-behaviour 2.8), its key is not public.
  steer_dns: zeroOrOne.optional(),
  on_prem: half,
  off_prem: half,
})

/** nssteering.json, checked. */
export type Steering = Readonly<z.infer<typeof steeringSchema>>
