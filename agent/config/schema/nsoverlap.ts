// Pure: nsoverlap.json, the services that share addresses (client-behaviour 1.1). What the real client does with it is
// not public; ours: a flow to an address at which two of a group were seen waits for the name in its first bytes.

import * as z from 'zod'
import { normalizeHost } from '../../steering/match-domain.js'
import { listOf, objectOf, text, textThat } from './values.js'

const GROUPS = 'an object of groups of domains, such as {"1": ["a.example", "b.example"]}'

/** The schema of nsoverlap.json. */
export const overlapsSchema = objectOf({
  overlappingDomainList: z.record(
    text,
    listOf(
      textThat('a host name', (value) => normalizeHost(value) !== ''),
      'a list of host names',
    ),
    {
      error: GROUPS,
    },
  ),
  status: text.optional(),
})

/** nsoverlap.json, checked. */
export type Overlaps = Readonly<z.infer<typeof overlapsSchema>>
