// Pure: the exceptions of a REST v1 steering configuration, without its pinned apps, to the lists of nsexception.json.

import { isAddressRange } from '../../steering/address.js'
import { isExceptionDomain } from '../../steering/match-domain.js'
import { KNOWN_CATEGORIES } from '../compile/web-categories.js'
import { LOCAL_RANGE } from '../schema/nsexception.js'
import { countryCode } from './country-codes.js'
import type { SourceValue } from './source-document.js'

/** Lists of nsexception.json, each left out when there is nothing in it but for the two that must be there. */
export interface ExceptionLists {
  readonly names: readonly string[]
  readonly ips: readonly { readonly type: 'ip' | 'local'; readonly value: string }[]
  readonly applications?: readonly {
    readonly name: string
    readonly domains: readonly string[]
    readonly action: 'bypass'
  }[]
  readonly categories?: readonly { readonly name: string; readonly domains: readonly string[] }[]
  readonly source_locations?: readonly string[]
  readonly source_countries?: readonly string[]
}

const NO_ADDRESSES = 'a network location by its name: its addresses are not in this document'

/** Reads `exceptions` of a configuration or of a half. */
export function exceptionLists(source: SourceValue): ExceptionLists {
  const exceptions = source.member('exceptions')
  const of = (section: string) => exceptions?.member(section)?.member('data')?.items() ?? []
  const texts = (section: string) => of(section).flatMap((entry) => entry.member(section)?.texts() ?? [])
  return {
    names: texts('domains').flatMap(({ text, source }) =>
      isExceptionDomain(text) ? [text] : leftOut(source, `${JSON.stringify(text)} is not a domain`),
    ),
    ips: texts('dst_netloc').flatMap(({ text, source }) => {
      const type = text === LOCAL_RANGE ? 'local' : 'ip'
      return type === 'local' || isAddressRange(text) ? [{ type, value: text } as const] : leftOut(source, NO_ADDRESSES)
    }),
    // The vendor's own spelling, and the word it means.
    ...unlessEmpty('applications', [...of('applictions'), ...of('applications')].flatMap(application)),
    ...unlessEmpty(
      'categories',
      texts('categories').map(({ text, source }) => {
        if (!KNOWN_CATEGORIES.includes(text)) {
          source.remark(
            'the domains of this category are not public: it is kept, and covers nothing until it is given some',
          )
        }
        return { name: text, domains: [] }
      }),
    ),
    ...unlessEmpty(
      'source_locations',
      texts('src_netloc').flatMap(({ text, source }) =>
        isAddressRange(text) ? [text] : leftOut(source, NO_ADDRESSES),
      ),
    ),
    ...unlessEmpty(
      'source_countries',
      texts('countries').flatMap(({ text, source }) => {
        return countryCode(text) ?? leftOut(source, `${JSON.stringify(text)} is not the name of a country known here`)
      }),
    ),
  }
}

/** The shape of an entry is not public: each word that other parts of the document use for the same is understood. */
function application(entry: SourceValue): NonNullable<ExceptionLists['applications']> {
  const named = ['applictions', 'applications', 'app_name'].flatMap((key) => entry.member(key)?.texts() ?? [])
  const domains = (entry.member('app_domains') ?? entry.member('domains'))?.texts() ?? []
  const good = domains.flatMap(({ text, source }) => {
    return isExceptionDomain(text) ? [text] : leftOut(source, `${JSON.stringify(text)} is not a domain`)
  })
  return named.map(({ text, source }) => {
    if (good.length === 0) source.remark('the domains of the app are not in this document: it is kept without any')
    return { name: text, domains: good, action: 'bypass' }
  })
}

function leftOut(source: SourceValue, reason: string): [] {
  source.leaveOut(reason)
  return []
}

function unlessEmpty<Key extends string, Item>(
  key: Key,
  items: readonly Item[],
): { readonly [K in Key]?: readonly Item[] } {
  return (items.length > 0 ? { [key]: items } : {}) as { readonly [K in Key]?: readonly Item[] }
}
