// Pure: nsexception.json, the domains and addresses that are bypassed (client-behaviour 1.2 and 2.3).

import * as z from 'zod'
import { isAddressRange } from '../../steering/address.js'
import { isExceptionDomain } from '../../steering/match-domain.js'
import { envelope, listOf, name, objectOf, text, textThat } from './values.js'

/** The vendor's name for all private addresses: the one destination exception every real configuration has by default. */
export const LOCAL_RANGE = 'Local IP address range'

const ADDRESS = 'an IPv4 or IPv6 address, a CIDR such as 10.0.0.0/8, or a range such as 10.0.0.1-10.0.0.9'

/**
 * Whether an entry of `ips` means "treat like local IP address". That they are objects of type and value is public, and
 * that the type of local entries contains "local"; the exact strings are not. Ours: `ip` and `local`.
 */
export function isLocalType(type: string): boolean {
  return type.toLowerCase().includes('local')
}

const addressException = z
  .looseObject({ type: name, value: text }, { error: 'an object with type and value' })
  .superRefine(({ type, value }, context) => {
    const isLocal = isLocalType(type)
    if (isAddressRange(value) || (isLocal && value === LOCAL_RANGE)) return
    context.addIssue({
      code: 'custom',
      path: ['value'],
      message: isLocal ? `"${LOCAL_RANGE}", ${ADDRESS}` : `${ADDRESS}; "${LOCAL_RANGE}" needs a type that says local`,
    })
  })

const hostName = textThat('a host name such as zoom.us, or *.zoom.us for all below it', isExceptionDomain)
const hostNames = listOf(hostName, 'a list of host names')

// What follows is ours: these exceptions exist (client-behaviour 2.3), how the real file spells them is not public.
const application = objectOf({
  name,
  domains: hostNames,
  action: z.enum(['bypass', 'bypass-except-dns'], { error: '"bypass" or "bypass-except-dns"' }),
})
const category = objectOf({ name, domains: hostNames.optional() })
const DNS_DOMAIN = `a host name, *.host for all below it, or for PTR queries ${ADDRESS}`
/** There are fewer in use. */
const MAX_TYPES = 32

const dnsException = objectOf({
  domain: textThat(DNS_DOMAIN, (value) => isExceptionDomain(value) || isAddressRange(value)),
  types: listOf(
    textThat('a record type such as "AAAA"', (value) => /^[A-Z][A-Z0-9]{0,15}$/.test(value)),
    'a list of record types',
  )
    .max(MAX_TYPES, { error: `at most ${MAX_TYPES} record types` })
    .optional(),
})
const invented = {
  applications: listOf(application, 'a list of {"name", "domains", "action"} objects').optional(),
  categories: listOf(category, 'a list of {"name", "domains"} objects').optional(),
  source_locations: listOf(textThat(ADDRESS, isAddressRange), 'a list of addresses').optional(),
  source_countries: listOf(
    textThat('two capital letters such as "DE"', (value) => /^[A-Z]{2}$/.test(value)),
    'a list of countries',
  ).optional(),
  dns: listOf(dnsException, 'a list of {"domain", "types"} objects').optional(),
}

const ips = listOf(addressException, 'a list of {"type", "value"} objects')

/** The lists of one half of dynamic steering; ours, too. What a half leaves out is the file's own list. */
const half = objectOf({ names: hostNames.optional(), ips: ips.optional(), ...invented })

// The two lists are public, what they hold is not; ours: who may pass although the client fails closed.
const failClose = objectOf({
  domains: hostNames.optional(),
  ips: listOf(textThat(ADDRESS, isAddressRange), 'a list of addresses').optional(),
})

/** The schema of nsexception.json; `protocols` is kept, its content is not public. */
export const exceptionsSchema = objectOf({
  ...envelope,
  names: hostNames,
  ips,
  ...invented,
  on_prem: half.optional(),
  off_prem: half.optional(),
  protocols: objectOf({}).optional(),
  fail_close: failClose.optional(),
})

/** nsexception.json, checked. */
export type Exceptions = Readonly<z.infer<typeof exceptionsSchema>>

/** The lists of the file or of one of its halves. */
export type ExceptionLists = Readonly<Partial<z.infer<typeof half>>>
