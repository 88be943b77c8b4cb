/** What inspection shares, with an issuer's key that may fail and origins that nobody reaches. */

import { join } from 'node:path'
import type { Test } from 'tap'
import type { TenantCertificates } from '../../certs/tenant-authority.js'
import { type Inspector, startInspector } from '../../gateway/inspect/inspector.js'

/** An inspector whose issuer's key, PEM, is what `key` says at the time. */
export function inspectorWith(
  t: Test,
  tenant: TenantCertificates,
  key: () => string,
  extraRoots: readonly string[] = [],
): Inspector {
  const home = t.testdir()
  const { certificate } = tenant.gateway.issuer
  const inspector = startInspector(
    {
      directory: home,
      transactionLog: join(home, 'transactions.log'),
      tenant: 'acme',
      issuer: {
        certificate,
        get key() {
          return key()
        },
      },
      extraRoots,
    },
    {
      dialer: {
        dial: async () => ({ failure: 'unreachable', detail: 'there is nobody' }),
      },
      resolve: async () => [],
      log: () => {},
      idleMs: 1000,
    },
  )
  t.teardown(() => inspector.close())
  return inspector
}
