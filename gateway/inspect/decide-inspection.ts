// Pure: whether a steered flow is looked into, decided by its first bytes, before anything is terminated. What is passed
// on stays byte-exact.

import type { Exempt } from '../../agent/steering/flow.js'
import type { FirstKind } from './first/recognize-first.js'
import type { ErrorSetting, InspectSettings } from './settings/settings.js'
import type { OriginTrait } from './tls/origin-memory.js'
import type { NotDecrypted } from './transaction.js'

/** What is known when it is decided. */
export interface InspectionFacts {
  readonly first: FirstKind
  /** The host the agent knows the destination by; '' when unknown. */
  readonly host: string
  readonly exempt: Exempt | undefined
  readonly settings: InspectSettings
  /** Which rule says that a host is not to be decrypted. */
  readonly doNotDecrypt: (host: string) => string | undefined
  /** What was found out about this origin before. */
  readonly trait: OriginTrait | undefined
}

/** Why a flow is not looked into. */
export interface Passing {
  readonly reason: NotDecrypted
  /** The setting or rule that decided, '' when it could not be otherwise. */
  readonly rule: string
  /** One sentence. */
  readonly why: string
}

/** The decision: relay unread; hang up; finish TLS only to say no; or look into it. `name`: what a leaf is issued for. */
export type InspectionDecision =
  | ({ readonly do: 'pass' | 'hang-up' } & Passing)
  | ({ readonly do: 'block-page'; readonly setting: ErrorSetting } & Passing)
  | { readonly do: 'http'; readonly protocol: 'h2' | 'http/1.1' }
  | { readonly do: 'tls'; readonly name: string; readonly sni: string; readonly alpn: readonly string[] }

const EXEMPT: Readonly<Record<Exempt, string>> = {
  pinned: 'The agent tunnels it for a certificate-pinned app.',
  category: 'The agent tunnels it under a category exception.',
  'source-country': 'The agent tunnels it under a source country exception.',
  'cloud-bypass': 'The agent leaves its exception to the cloud.',
}

/** Protocols that are HTTP inside TLS, in our order of preference. */
export const WEB_PROTOCOLS = ['h2', 'http/1.1'] as const

/** Decides. */
export function decideInspection(facts: InspectionFacts): InspectionDecision {
  const { first, exempt, settings } = facts
  if (!settings.inspect)
    return pass({ reason: 'inspection-off', rule: 'inspect', why: 'Inspection is switched off in inspect.json.' })
  if (exempt !== undefined) return pass({ reason: 'exempt', rule: exempt, why: EXEMPT[exempt] })
  if (first.type === 'opaque') return pass({ reason: 'not-web', rule: '', why: `It is not web traffic: ${first.why}.` })
  if (first.type === 'http') return { do: 'http', protocol: 'http/1.1' }
  // Without HTTP/2 it is answered as what it then is, a malformed request.
  if (first.type === 'http2') return { do: 'http', protocol: settings.http2 ? 'h2' : 'http/1.1' }
  if (first.type === 'malformed-tls')
    return bySetting('malformedTls', '', settings, {
      reason: 'malformed-tls',
      why: 'It begins like TLS and is no readable ClientHello.',
    })
  return decideTls(facts, first.hello)
}

function decideTls(
  { host, settings, doNotDecrypt, trait }: InspectionFacts,
  { sni, alpn, ech }: { readonly sni: string; readonly alpn: readonly string[]; readonly ech: boolean },
): InspectionDecision {
  const name = sni || host
  const rule = doNotDecrypt(name)
  // The name in clear is the client's word alone: it does not open what the agent knows by another name.
  if (rule !== undefined && (host === '' || host === name || doNotDecrypt(host) !== undefined))
    return pass({ reason: 'do-not-decrypt', rule, why: `${name || 'Its host'} is not to be decrypted.` })
  // A browser sends a decoy to everybody; a real one hides a name that is not the one outside.
  if (ech && host !== '' && sni !== host)
    return bySetting('encryptedClientHello', '', settings, {
      reason: 'encrypted-client-hello',
      why: `The name in clear is ${sni || 'missing'}, and the client looked up ${host}: its ClientHello is encrypted.`,
    })
  if (sni === '')
    return bySetting('noSni', host, settings, { reason: 'no-sni', why: 'The client names no server (SNI).' })
  const spoken = WEB_PROTOCOLS.filter((protocol) => alpn.includes(protocol))
  if (alpn.length > 0 && spoken.length === 0)
    return bySetting('notHttp', name, settings, {
      reason: 'not-http',
      why: `The client offers ${alpn.join(', ').slice(0, 100)}, which is not HTTP.`,
    })
  if (trait !== undefined && applies(trait, settings, alpn)) return bySetting(trait.setting, name, settings, trait)
  return { do: 'tls', name, sni, alpn: settings.http2 ? spoken : spoken.filter((protocol) => protocol !== 'h2') }
}

/** Whether what was found out about an origin counts for this flow: who offers HTTP is not the one who was answered otherwise. */
function applies({ setting }: OriginTrait, { errors }: InspectSettings, alpn: readonly string[]): boolean {
  if (setting === 'notHttp') return alpn.length === 0
  return setting !== 'malformedHttp' || errors.malformedHttp === 'bypass'
}

/** A condition that a setting decides; without a name there is nothing to show a page with. */
export function bySetting(
  setting: ErrorSetting,
  name: string,
  { errors }: InspectSettings,
  { reason, why }: Pick<Passing, 'reason' | 'why'>,
): InspectionDecision {
  const passing: Passing = { reason, rule: `errors.${setting}`, why }
  if (errors[setting] === 'bypass') return pass(passing)
  return name === '' ? { do: 'hang-up', ...passing } : { do: 'block-page', setting, ...passing }
}

function pass(passing: Passing): InspectionDecision {
  return { do: 'pass', ...passing }
}
