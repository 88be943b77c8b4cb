/** Where a home has the certificates of its tenant's authorities, by the names the real client gives them. */

import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SteerError, userMistake } from '../../../agent/errors.js'
import type { Home } from '../home.js'

/** The root, which is to be trusted, and the intermediate, which issues what programs are shown. */
export type TenantRole = 'root' | 'intermediate'

/** The PEM files. */
export function tenantFiles({ stagent }: Home): Readonly<Record<TenantRole, string>> {
  return { root: join(stagent, 'data', 'nscacert.pem'), intermediate: join(stagent, 'data', 'nstenantcert.pem') }
}

/** Reads one. Throws a user's mistake `no-authority` where there is none yet, SteerError `certificate-unreadable`. */
export function readTenantCertificate(home: Home, role: TenantRole): { file: string; certificate: X509Certificate } {
  const file = tenantFiles(home)[role]
  try {
    return { file, certificate: new X509Certificate(readFileSync(file)) }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw userMistake('no-authority', `the home ${home.root} has no ${role} yet; \`steerlab up\` makes it`, cause)
    throw new SteerError('certificate-unreadable', `${file} cannot be read as a certificate`, { cause })
  }
}
