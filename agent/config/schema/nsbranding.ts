// Pure: nsbranding.json, the result of enrolment: which tenant, which user (client-behaviour 1.2).

import type * as z from 'zod'
import { envelope, name, objectOf, text, truth } from './values.js'

/** The schema of nsbranding.json; we act on OrgName and UserEmail. */
export const brandingSchema = objectOf({
  OrgName: name,
  UserEmail: name,
  OrgKey: text.optional(),
  UserKey: text.optional(),
  tenantID: text.optional(),
  AddonManagerHost: text.optional(),
  AddonCheckerHost: text.optional(),
  AddonCheckerResponseCode: text.optional(),
  SFCheckerHost: text.optional(),
  SFCheckerIP: text.optional(),
  EncryptBranding: truth.optional(),
  ValidateConfig: truth.optional(),
  status: envelope.status,
})

/** nsbranding.json, checked. */
export type Branding = Readonly<z.infer<typeof brandingSchema>>
