// Pure: nssteering.json, what is steered (client-behaviour 1.2 and 2.1).

import * as z from 'zod'
import { isAppDomain } from '../../steering/match-domain.js'
import { count, envelope, listOf, objectOf, port, text, textThat } from './values.js'

// The real content of domain_ports is not public (the one file seen has `{}`). Ours: domain -> the ports on which it
// is steered as web traffic beside 80 and 443; a domain covers what lies below it, `*` is any host.
const DOMAIN_PORTS = 'an object of domains and their ports, such as {"box.com": [8443], "*": [8080]}'

// `web` is the real string; `all` is ours, the string of the real client is not public.
const trafficMode = z.enum(['web', 'all'], { error: '"web" or "all"' })

const numbers = {
  bypass_option: count.optional(),
  dynamic_steering: count.optional(),
  onprem_steering_method: count.optional(),
  offprem_steering_method: count.optional(),
  onprem_bypass_option: count.optional(),
  offprem_bypass_option: count.optional(),
  steering_method_none: count.optional(),
  onprem_steering_method_none: count.optional(),
  offprem_steering_method_none: count.optional(),
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

/** The schema of nssteering.json; we act on traffic_mode and domain_ports. */
export const steeringSchema = objectOf({
  ...numbers,
  ...envelope,
  traffic_mode: trafficMode,
  domains: listOf(text, 'a list of domains').optional(),
  domain_ports: z
    .record(textThat(DOMAIN_PORTS, isAppDomain), listOf(port, 'a list of ports'), { error: DOMAIN_PORTS })
    .optional(),
})

/** nssteering.json, checked. */
export type Steering = Readonly<z.infer<typeof steeringSchema>>
