import t from 'tap'
import { decideInspection, type InspectionFacts } from '../../../gateway/inspect/decide-inspection.js'
import type { FirstKind } from '../../../gateway/inspect/first/recognize-first.js'
import {
  DEFAULT_INSPECT_SETTINGS,
  type InspectSettings,
  inspectSettingsSchema,
} from '../../../gateway/inspect/settings/settings.js'

const hello = (sni: string, alpn: readonly string[] = ['h2', 'http/1.1'], ech = false): FirstKind => ({
  type: 'tls',
  hello: { sni, alpn, ech },
})

const BOX: InspectionFacts = {
  first: hello('box.com'),
  host: 'box.com',
  exempt: undefined,
  settings: DEFAULT_INSPECT_SETTINGS,
  doNotDecrypt: (host) => (host === 'bank.example' ? 'doNotDecrypt.hosts bank.example' : undefined),
  trait: undefined,
}

const having = (settings: object): InspectSettings => inspectSettingsSchema.parse(settings)
const blocking = (setting: string) => having({ errors: { [setting]: 'block' } })
const bypassing = (setting: string) => having({ errors: { [setting]: 'bypass' } })
const trait = { setting: 'malformedHttp', reason: 'malformed-http', why: 'It answered nonsense.' } as const
const speaksFirst = { setting: 'notHttp', reason: 'not-http', why: 'It greets.' } as const
const wantsCertificate = { setting: 'clientCertificate', reason: 'client-certificate', why: 'It asks.' } as const

const CASES: ReadonlyArray<readonly [what: string, facts: Partial<InspectionFacts>, wanted: object]> = [
  ['TLS is looked into', {}, { do: 'tls', name: 'box.com', sni: 'box.com', alpn: ['h2', 'http/1.1'] }],
  ['a host without any list', { host: '' }, { do: 'tls', name: 'box.com' }],
  ['HTTP too', { first: { type: 'http' } }, { do: 'http', protocol: 'http/1.1' }],
  ['HTTP/2 without TLS', { first: { type: 'http2' } }, { do: 'http', protocol: 'h2' }],
  [
    'the same where HTTP/2 is switched off: refused by who expects HTTP/1.1',
    { first: { type: 'http2' }, settings: having({ http2: false }) },
    { do: 'http', protocol: 'http/1.1' },
  ],
  ['switched off, TLS is not', { settings: having({ inspect: false }) }, { do: 'pass', reason: 'inspection-off' }],
  ['nor HTTP', { first: { type: 'http' }, settings: having({ inspect: false }) }, { do: 'pass' }],
  ['a pinned app in tunnel mode', { exempt: 'pinned' }, { do: 'pass', reason: 'exempt', rule: 'pinned' }],
  [
    'HTTP under a category exception',
    { first: { type: 'http' }, exempt: 'category' },
    { do: 'pass', reason: 'exempt' },
  ],
  ['what is neither', { first: { type: 'opaque', why: 'x' } }, { do: 'pass', reason: 'not-web' }],
  [
    'a host that is not to be decrypted',
    { first: hello('bank.example'), host: 'bank.example' },
    { do: 'pass', reason: 'do-not-decrypt', rule: 'doNotDecrypt.hosts bank.example' },
  ],
  [
    'such a name in clear, and the agent knows another host',
    { first: hello('bank.example') },
    { do: 'tls', name: 'bank.example' },
  ],
  ['such a name in clear, and the agent knows none', { first: hello('bank.example'), host: '' }, { do: 'pass' }],
  ['a name in clear goes before what the agent knows', { host: 'bank.example' }, { do: 'tls', name: 'box.com' }],
  ['no name at all', { first: hello('') }, { do: 'pass', reason: 'no-sni', rule: 'errors.noSni' }],
  ['no name, blocked', { first: hello(''), settings: blocking('noSni') }, { do: 'block-page', setting: 'noSni' }],
  [
    'no name, blocked, and nobody knows one',
    { first: hello(''), host: '', settings: blocking('noSni') },
    { do: 'hang-up', reason: 'no-sni' },
  ],
  ['malformed TLS', { first: { type: 'malformed-tls' } }, { do: 'pass', reason: 'malformed-tls' }],
  [
    'malformed TLS, blocked',
    { first: { type: 'malformed-tls' }, settings: blocking('malformedTls') },
    { do: 'hang-up', rule: 'errors.malformedTls' },
  ],
  [
    'an origin that spoke first',
    { first: hello('box.com', []), trait: speaksFirst },
    { do: 'pass', reason: 'not-http' },
  ],
  ['the same, to a client that offers HTTP', { trait: speaksFirst }, { do: 'tls' }],
  ['another protocol in TLS', { first: hello('box.com', ['imap']) }, { do: 'pass', reason: 'not-http' }],
  [
    'another protocol in TLS, blocked',
    { first: hello('box.com', ['imap']), settings: blocking('notHttp') },
    { do: 'block-page' },
  ],
  [
    'HTTP among other protocols',
    { first: hello('box.com', ['spdy/3', 'http/1.1']) },
    { do: 'tls', alpn: ['http/1.1'] },
  ],
  ['no protocol named', { first: hello('box.com', []) }, { do: 'tls', alpn: [] }],
  ['HTTP/2 switched off', { settings: having({ http2: false }) }, { do: 'tls', alpn: ['http/1.1'] }],
  ['the decoy of an encrypted hello', { first: hello('box.com', ['h2'], true) }, { do: 'tls' }],
  [
    'an encrypted hello',
    { first: hello('cloudflare-ech.com', ['h2'], true) },
    { do: 'pass', reason: 'encrypted-client-hello', rule: 'errors.encryptedClientHello' },
  ],
  [
    'an encrypted hello, blocked',
    { first: hello('cloudflare-ech.com', ['h2'], true), settings: blocking('encryptedClientHello') },
    { do: 'hang-up' },
  ],
  ['an origin that wants a certificate', { trait: wantsCertificate }, { do: 'pass', reason: 'client-certificate' }],
  [
    'an origin that wants a certificate, blocked',
    { trait: wantsCertificate, settings: blocking('clientCertificate') },
    { do: 'block-page', setting: 'clientCertificate' },
  ],
  ['an origin that answered nonsense is asked again', { trait }, { do: 'tls' }],
  ['and passed on where the setting says so', { trait, settings: bypassing('malformedHttp') }, { do: 'pass' }],
]

void t.test('whether a flow is looked into', async (t) => {
  for (const [what, facts, wanted] of CASES) {
    const decision = decideInspection({ ...BOX, ...facts })
    t.match(decision, wanted, what)
    if ('why' in decision) t.match(decision.why, /^\S.*\.$/s, `${what}: in a sentence`)
  }
})

void t.test('each setting of a table of errors has its documented default', async (t) => {
  const documented = {
    noSni: 'bypass',
    malformedTls: 'bypass',
    domainFronting: 'bypass',
    revoked: 'bypass',
    handshakeError: 'bypass',
    selfSigned: 'block',
    incompleteChain: 'bypass',
    untrustedRoot: 'block',
    malformedHttp: 'block',
    hostMismatch: 'block',
  }
  t.match(DEFAULT_INSPECT_SETTINGS.errors, documented)
})
