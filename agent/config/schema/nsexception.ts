// Pure: nsexception.json, the domains and addresses that are bypassed (client-behaviour 1.2 and 2.3).

import * as z from 'zod'
import { parseAddressRange } from '../../steering/address.js'
import { isExceptionDomain } from '../../steering/match-domain.js'
import { envelope, listOf, objectOf, textThat } from './values.js'

/** The vendor's name for all private addresses: the one destination exception every real configuration has by default. */
export const LOCAL_RANGE = 'Local IP address range'

const ADDRESS = 'an IPv4 or IPv6 address, a CIDR such as 10.0.0.0/8, or a range such as 10.0.0.1-10.0.0.9'

const isRange = (value: string) => parseAddressRange(value) !== undefined

// That `ips` are objects of type and value is public, and that the type of local entries contains "local"; the exact
// strings are not. Ours: `ip` is an exception, `local` is "treat like local IP address".
const addressException = z.discriminatedUnion(
  'type',
  [
    objectOf({ type: z.literal('ip'), value: textThat(ADDRESS, isRange) }),
    objectOf({
      type: z.literal('local'),
      value: textThat(`"${LOCAL_RANGE}", ${ADDRESS}`, (value) => value === LOCAL_RANGE || isRange(value)),
    }),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? '"ip" or "local"' : 'an object with type and value') },
)

/** The schema of nsexception.json; `protocols` and `fail_close` are kept, their content is not public. */
export const exceptionsSchema = objectOf({
  ...envelope,
  names: listOf(
    textThat('a host name such as zoom.us, or *.zoom.us for all below it', isExceptionDomain),
    'a list of host names',
  ),
  ips: listOf(addressException, 'a list of {"type", "value"} objects'),
  protocols: objectOf({}).optional(),
  fail_close: objectOf({}).optional(),
})

/** nsexception.json, checked. */
export type Exceptions = Readonly<z.infer<typeof exceptionsSchema>>
