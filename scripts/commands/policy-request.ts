// Pure: the request a command line of `steerlab policy explain` means. The path stays as it was typed: how it is spelled
// is part of what is asked.

import { userMistake } from '../../agent/errors.js'
import { hostOf, mediaType } from '../../gateway/inspect/judge/judged-request.js'
import type { Direction, PolicyFacts } from '../../gateway/inspect/policy/policy.js'

/** What may be said of a request beside its URL. */
export interface RequestWords {
  readonly user?: string | undefined
  readonly process?: string | undefined
  readonly method?: string | undefined
  readonly contentType?: string | undefined
  readonly bytes?: string | undefined
  readonly direction?: Direction | undefined
}

/** A request as the policy sees it, but for its host's category. */
export interface AskedRequest {
  readonly scheme: 'http' | 'https'
  readonly direction: Direction
  readonly facts: Omit<PolicyFacts, 'category'>
}

const URL_PARTS = /^(?:(?<scheme>https?):\/\/)?(?<authority>[^/?#\\]+)(?<path>[^?#]*)/i

/** The request; what is not said is a GET of nobody. Throws a user's mistake: `bad-url` or `bad-option`. */
export function requestTo(url: string, words: RequestWords): AskedRequest {
  const { scheme, authority = '', path = '' } = URL_PARTS.exec(url)?.groups ?? {}
  const host = hostOf(authority)
  // `ftp://x` would be the path //x of a host ftp.
  if (host === '' || (scheme === undefined && path.startsWith('//')))
    throw userMistake('bad-url', `${JSON.stringify(url)} is no URL such as https://box.com/path`)
  return {
    scheme: scheme?.toLowerCase() === 'http' ? 'http' : 'https',
    direction: words.direction ?? 'upload',
    facts: {
      user: words.user ?? '',
      process: words.process ?? 'unknown',
      host,
      method: (words.method ?? 'GET').toUpperCase(),
      path: path.startsWith('/') ? path : `/${path}`,
      contentType: mediaType(words.contentType ?? ''),
      bytes: words.bytes === undefined ? undefined : readBytes(words.bytes),
    },
  }
}

function readBytes(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw userMistake('bad-option', `--bytes ${text} is no whole number of bytes`)
}
