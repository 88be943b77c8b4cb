/**
 * Enrols the client of a home with the home's tenant, which is made from the client's own files when there is none: the
 * branding is fetched from the add-on service as a real client does it, and the lab's file says that the agent downloads.
 */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AddonClient } from '../../agent/config/download/addon-client.js'
import { enrol } from '../../agent/config/download/enrolment.js'
import { loadConfiguration } from '../../agent/config/load.js'
import { type LabSettings, labSettingsSchema } from '../../agent/config/schema/steerlab.js'
import { fileText } from '../../agent/config/write-defaults.js'
import { replaceFile } from '../../agent/config/write-file.js'
import { SteerError, userMistake } from '../../agent/errors.js'
import type { Endpoint } from '../../agent/steering/flow.js'
import { addonServerName } from '../../certs/tenant-identity.js'
import { createTenant, readTenant } from '../../gateway/services/tenant.js'
import { TENANT_FILE_NAMES, type TenantFiles } from '../../gateway/services/tenant-files.js'
import type { Tenant } from '../../gateway/services/tenant-json.js'
import type { Home } from '../process/home.js'
import { tenantOf } from '../process/tenant.js'

/** How to enrol. */
export interface EnrolOptions {
  /** The user's; that of the branding when left out. */
  readonly email?: string | undefined
  /** The tenant's own when left out. */
  readonly orgKey?: string | undefined
  /** Between checks of the version, seconds; as documented when left out. */
  readonly checkSeconds?: number | undefined
}

/** Who was enrolled, and with whom. */
export interface Enrolled {
  readonly tenant: string
  readonly email: string
  readonly host: string
}

/** Enrols a home whose add-on service runs at `addon`. Throws SteerError `enrolment-failed`, a user's mistake `tenant-other`, and what files throw. */
export async function enrolHome(home: Home, addon: Endpoint, options: EnrolOptions): Promise<Enrolled> {
  const configuration = await loadConfiguration(home.stagent)
  const tenant = await ensureTenant(home)
  const own = tenantOf(configuration).tenant
  if (own !== tenant.tenant) {
    const why = `the files are for the tenant ${own}, and the home's tenant is ${tenant.tenant}`
    throw userMistake('tenant-other', `${why}: remove ${home.tenant} to make a tenant of these files`)
  }
  const email = options.email ?? configuration.branding.UserEmail
  const host = addonServerName(tenant.tenant)
  const ca = await readFile(join(home.stagent, 'data', 'nscacert.pem'), 'utf8')
  const client = new AddonClient({ host, ...addon, ca })
  const answer = await enrol(client, options.orgKey ?? tenant.orgKey, email).finally(() => client.close())
  if ('failure' in answer) throw new SteerError('enrolment-failed', `${host} does not enrol ${email}: ${answer.detail}`)
  await replaceFile(join(home.stagent, 'nsbranding.json'), answer.branding)
  const { checkSeconds } = options
  await editLabSettings(home, configuration.lab, { enabled: true, ...intervals(checkSeconds) })
  return { tenant: tenant.tenant, email, host }
}

/** Ends the downloads; the files stay as they are. */
export async function leaveTenant(home: Home): Promise<void> {
  const { lab } = await loadConfiguration(home.stagent)
  await editLabSettings(home, lab, { enabled: false })
}

/** The home's tenant; made of the client's files, so that nothing changes by enrolling, when there is none. */
export async function ensureTenant(home: Home): Promise<Tenant> {
  const found = await readTenant(home.tenant)
  if (found !== undefined) return found
  const texts = await Promise.all(
    TENANT_FILE_NAMES.map(async (file) => [
      file,
      await readFile(join(home.stagent, file), 'utf8').catch(() => undefined),
    ]),
  )
  const files = Object.fromEntries(texts.filter(([, text]) => text !== undefined)) as TenantFiles
  return createTenant(home.tenant, tenantOf(await loadConfiguration(home.stagent)), files)
}

/** All waits as short as that between checks; as documented when that is. */
function intervals(seconds: number | undefined): LabSettings['download'] {
  if (seconds === undefined) return {}
  return { checkSeconds: seconds, applyWithinSeconds: seconds, retrySeconds: seconds, firstRetrySeconds: seconds }
}

async function editLabSettings(home: Home, lab: LabSettings, download: LabSettings['download']): Promise<void> {
  const settings = labSettingsSchema.parse({ ...lab, download: { ...lab.download, ...download } })
  await replaceFile(join(home.stagent, 'steerlab.json'), fileText(settings))
}
