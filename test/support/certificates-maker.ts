/** A process that makes a home's certificates as soon as it is told to, for the race of several that start at once. */

import { ensureTenantCertificates } from '../../certs/tenant-authority.js'

process.once('message', (home: string) => {
  ensureTenantCertificates({ home, tenant: 'acme', user: 'alice@acme.example', org: 'Acme', now: new Date() }).then(
    ({ agent, gateway }) => process.send?.([agent.authority, agent.pfx.toString('base64'), gateway.key, gateway.chain]),
    (error: unknown) => process.send?.(String(error)),
  )
})
process.send?.('ready')
