// Pure: steerlab.json, the lab's own switches beside the client's files. None of it exists in the real client.

import type * as z from 'zod'
import { OPERATING_SYSTEMS } from '../../steering/operating-system.js'
import { matching, numberFrom, oneOf, only } from './strict-values.js'
import { truth } from './values.js'

/** A day and a second: what an interval of the download may be, in seconds. */
const SECONDS = numberFrom(1, 86_400).optional()

/** Readings of domain lists where the documentation contradicts itself (steering/match-domain.ts says what each means). */
const readings = only({
  exceptions: oneOf(['table', 'root-too', 'text-suffix']).optional(),
  pinned: oneOf(['suffix', 'one-level']).optional(),
  /** `*.x` of an application: below x only, or x too (client-behaviour 2.4, CFW page). */
  applications: oneOf(['table', 'root-too']).optional(),
  /** Category and country exceptions under dynamic steering: the lists of both halves together, or each half its own. */
  cloud: oneOf(['both-halves', 'own-half']).optional(),
})

/** What the lab says of the endpoint in place of detection. */
const endpoint = only({
  location: oneOf(['on-prem', 'off-prem']).optional(),
  managed: truth.optional(),
  country: matching(/^[A-Z]{2}$/, 'two capital letters such as "DE"').optional(),
  os: oneOf(OPERATING_SYSTEMS).optional(),
})

/** Whether and how often the configuration is downloaded from the tenant; what is left out is as documented. */
const download = only({
  enabled: truth.optional(),
  firstRetrySeconds: SECONDS,
  checkSeconds: SECONDS,
  applyWithinSeconds: SECONDS,
  retrySeconds: SECONDS,
})

/** POP selection; what is left out is as observed of the real client (client-behaviour 3). */
const pop = only({
  /** In place of the profile's release: from 96.1 on the GSLB service is asked. */
  clientVersion: matching(/^\d{1,4}(\.\d{1,4}){0,3}$/, 'a version such as "95.1"').optional(),
  pinned: matching(/^[A-Z0-9-]{1,64}$/, 'the name of a POP such as "US-ORD1"').optional(),
  reselectSeconds: SECONDS,
  switchRatio: numberFrom(1, 100).optional(),
  switchMarginMs: numberFrom(0, 10_000).optional(),
  /** How long DoH and GSLB may take to answer; the add-on host's time is documented. */
  timeoutSeconds: numberFrom(1, 60).optional(),
})

/** The tunnel's life; the real intervals are not public. */
const tunnel = only({
  keepAliveSeconds: numberFrom(0.5, 3600).optional(),
  keepAliveWithinSeconds: numberFrom(0.5, 3600).optional(),
  longestBackoffSeconds: numberFrom(0.1, 3600).optional(),
  drainSeconds: numberFrom(0, 3600).optional(),
  /** How long a flow waits for a tunnel that has just gone, before fail-open or fail-close counts. */
  waitSeconds: numberFrom(0, 60).optional(),
})

/** What `steerlab config password` writes (config/master-password.ts): one cost only, so that no file can ask for more. */
const passwordHash = matching(
  /^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
  'a hash that `steerlab config password` has written',
)

/** The schema of steerlab.json. */
export const labSettingsSchema = only({
  readings: readings.optional(),
  endpoint: endpoint.optional(),
  download: download.optional(),
  pop: pop.optional(),
  tunnel: tunnel.optional(),
  masterPassword: passwordHash.optional(),
})

/** steerlab.json, checked. */
export type LabSettings = Readonly<z.infer<typeof labSettingsSchema>>
