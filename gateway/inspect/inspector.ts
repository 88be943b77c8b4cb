/**
 * The gateway's inspection, composed: what all steered flows of a process share. inspect-flow.ts is the story of one.
 */

import { randomUUID } from 'node:crypto'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import type { Dialer } from '../../agent/outbound/dial.js'
import type { KeyKind } from '../../certs/keys.js'
import type { LeafContexts } from '../../certs/leaf-contexts.js'
import { tenantLeaves } from '../../certs/tenant-leaves.js'
import type { Holder } from '../../certs/tenant-set.js'
import type { GatewayLog } from '../gateway-log.js'
import { LiveInspection } from './settings/live-inspection.js'
import { fetchCrl } from './tls/crl-fetch.js'
import { OriginMemory } from './tls/origin-memory.js'
import { Revocation } from './tls/revocation.js'
import type { Transaction } from './transaction.js'
import { fileTransactionLog } from './transactions/transaction-log.js'

/** What inspection is started with. */
export interface InspectionOptions {
  /** Where inspect.json, policy.json and categories.json are looked for. */
  readonly directory: string
  readonly transactionLog: string
  readonly tenant: string
  /** The tenant intermediate and its key. */
  readonly issuer: Holder
  /** Authorities that origins are trusted for besides the public ones, PEM. */
  readonly extraRoots: readonly string[]
}

/** What the flows share. */
export interface Inspector {
  readonly tenant: string
  readonly live: Pick<LiveInspection, 'current'>
  /** Leaves with keys of this kind, made at the first call. Rejects when they cannot be made; the next call tries again. */
  leaves(kind: KeyKind): Promise<LeafContexts>
  /** The roots origins are verified by. */
  readonly roots: SecureContext
  readonly memory: OriginMemory
  readonly revocation: Pick<Revocation, 'check'>
  readonly log: (transaction: Transaction) => void
  readonly requestId: () => string
  readonly idleMs: number
  close(): void
}

/** What it needs of the gateway. */
export interface InspectorParts {
  readonly dialer: Dialer
  readonly resolve: (host: string) => Promise<readonly string[]>
  readonly log: GatewayLog
  /** Silence in both directions after which a flow ends, ms. */
  readonly idleMs: number
}

/** Starts inspection; the files are read at once and followed. */
export function startInspector(options: InspectionOptions, parts: InspectorParts): Inspector {
  const { directory, transactionLog, tenant, issuer, extraRoots } = options
  const live = new LiveInspection({ directory, log: parts.log })
  const byKind = new Map<KeyKind, Promise<LeafContexts>>()
  const fetch = (url: string) => fetchCrl(url, parts)
  return {
    tenant,
    live,
    leaves: (keyKind) => {
      const known = byKind.get(keyKind)
      if (known !== undefined) return known
      const leaves = tenantLeaves({ issuer, keyKind, now: () => new Date() })
      byKind.set(keyKind, leaves)
      // The next flow tries again.
      leaves.catch(() => byKind.delete(keyKind))
      return leaves
    },
    roots: createSecureContext({ ca: [...rootCertificates, ...extraRoots], minVersion: 'TLSv1.2' }),
    memory: new OriginMemory(() => performance.now()),
    revocation: new Revocation({ fetch, now: Date.now }),
    log: fileTransactionLog(transactionLog),
    requestId: randomUUID,
    idleMs: parts.idleMs,
    close: () => live.close(),
  }
}
