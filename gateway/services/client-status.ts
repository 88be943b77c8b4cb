// Pure: what a client's status post may say (tunnel up, user disabled ...). The names of the keys are real; all that may
// stand there is not public (client-behaviour 1.1 and 6).

import * as z from 'zod'
import { checkJson } from '../../agent/config/check.js'

const SHORT = 'a text of 1 to 200 characters'
const shortText = z.string({ error: SHORT }).min(1, { error: SHORT }).max(200, { error: SHORT })
const SCALAR = 'a text, a number, true, false or null'

/** Keys we do not know are left out. */
const statusSchema = z.object(
  {
    client_status: z.object(
      {
        event: shortText,
        actor: shortText.optional(),
        host_info: z
          .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()], { error: SCALAR }), {
            error: 'an object',
          })
          .optional(),
        device_classification_status: z.union([z.string(), z.number()], { error: 'a text or a number' }).optional(),
      },
      { error: 'an object with event' },
    ),
  },
  { error: 'an object with client_status' },
)

/** One status of a client. */
export type ClientStatus = Readonly<z.infer<typeof statusSchema>['client_status']>

/** Reads the body of a post: the status, or one line for each problem. */
export function readClientStatus(body: string): ClientStatus | { readonly problems: readonly string[] } {
  const checked = checkJson('the body', statusSchema, body)
  return 'problems' in checked ? checked : (checked.value as z.infer<typeof statusSchema>).client_status
}
