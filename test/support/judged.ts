/** A connection that is inspected, and what judging it needs, with the transactions that come of it. */

import type { InspectedConnection, RequestHead } from '../../gateway/inspect/exchange.js'
import type { JudgingParts } from '../../gateway/inspect/judge/judging-parts.js'
import { compilePolicy } from '../../gateway/inspect/policy/compile-policy.js'
import { OPEN_POLICY } from '../../gateway/inspect/policy/policy.js'
import { policyFileSchema } from '../../gateway/inspect/policy/policy-file.js'
import { type InspectSettings, inspectSettingsSchema } from '../../gateway/inspect/settings/settings.js'
import type { SteeredFlow } from '../../gateway/inspect/steered-flow.js'
import type { Transaction } from '../../gateway/inspect/transaction.js'

/** Anna's curl on the way to box.com. */
export const FLOW: SteeredFlow = {
  user: 'anna@example.com',
  device: 'LAPTOP-7',
  process: 'curl',
  host: 'box.com',
  ip: '74.112.186.144',
  port: 443,
  source: '10.0.0.7:50123',
  clientIp: '203.0.113.7',
  tenant: 'acme',
  pop: 'US-ORD1',
  session: 3,
  transport: 'DTLS',
  egressIp: '163.116.133.99',
}

/** HTTP/1.1 over TLS 1.3. */
export const CONNECTION: InspectedConnection = {
  flow: FLOW,
  scheme: 'https',
  sni: 'box.com',
  protocol: 'http/1.1',
  tlsVersion: 'TLSv1.3',
}

/** HTTP without TLS. */
export const PLAIN: InspectedConnection = { ...CONNECTION, scheme: 'http', sni: '', tlsVersion: undefined }

/** A page of box.com, as a browser asks for it. */
export const HEAD: RequestHead = {
  method: 'GET',
  authority: 'box.com',
  target: '/files/a?b=c',
  contentType: '',
  bytes: 0,
  accept: 'text/html',
}

/** When every request begins. */
export const NOW = Date.UTC(2026, 10, 24, 8, 0, 0, 5)

/** What judging needs: rules as in policy.json and settings as in inspect.json; a clock that goes on 7 ms when asked. */
export function judgingWorld(rules?: readonly object[], errors: Partial<InspectSettings['errors']> = {}) {
  const transactions: Transaction[] = []
  const settings = inspectSettingsSchema.parse({ errors })
  const policy = rules === undefined ? OPEN_POLICY : compilePolicy(policyFileSchema.parse({ rules }))
  let now = NOW - 7
  let requests = 0
  const parts: JudgingParts = {
    settings: () => settings,
    policy: () => policy,
    categoryOf: (host) => (host.endsWith('box.com') ? 'Cloud Storage' : 'uncategorized'),
    log: (transaction) => transactions.push(transaction),
    now: () => {
      now += 7
      return now
    },
    requestId: () => `request-${++requests}`,
  }
  return { parts, transactions, settings, policy }
}
