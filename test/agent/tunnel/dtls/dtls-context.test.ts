import t from 'tap'
import {
  type ClientCredentials,
  clientContext,
  type ServerCredentials,
  serverContext,
} from '../../../../agent/tunnel/dtls/dtls-context.js'
import { loadOpenSsl, type OpenSsl } from '../../../../agent/tunnel/dtls/openssl.js'
import { certificatesIn, lackingDtls as skip } from '../../../support/dtls.js'
import { leastGrowth, nativeBytes } from '../../../support/native-memory.js'

const openssl = (await loadOpenSsl()) as OpenSsl
const directory = t.testdir()
const { agent, gateway } = await certificatesIn(directory)
const other = await certificatesIn(directory, 'other')
const client: ClientCredentials = { ca: agent.authority, pfx: agent.pfx, passphrase: agent.passphrase }
const server: ServerCredentials = { key: gateway.key, cert: gateway.chain, clientCa: gateway.clientAuthority }
const encryptedKey = `-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n`

const clients: readonly [what: string, over: Partial<ClientCredentials>, message: RegExp][] = [
  ['an empty authority', { ca: '' }, /^the authority: /],
  ['a key as authority', { ca: gateway.key }, /^the authority: /],
  ['an empty PKCS#12', { pfx: Buffer.alloc(0) }, /^the user certificate: /],
  ['half a PKCS#12', { pfx: agent.pfx.subarray(0, 900) }, /^the user certificate: /],
  ['another passphrase', { passphrase: 'x' }, /^the user certificate: mac verify failure/],
]
const servers: readonly [what: string, over: Partial<ServerCredentials>, message: RegExp][] = [
  ['an empty chain', { cert: '' }, /^the server certificate: /],
  ['a certificate as key', { key: gateway.chain }, /^the server key: /],
  ['an encrypted key, without asking the terminal', { key: encryptedKey }, /^the server key: /],
  ['a key of another certificate', { key: other.gateway.key }, /^certificate and key: .*mismatch/],
  ['no authority for users', { clientCa: 'users' }, /^the authority: /],
]

void t.test('credentials that cannot be used are refused with a reason', { skip }, async (t) => {
  clientContext(openssl, client).free()
  serverContext(openssl, server).free()
  for (const [what, over, message] of clients)
    t.throws(() => clientContext(openssl, { ...client, ...over }), { code: 'dtls-credentials', message }, what)
  for (const [what, over, message] of servers)
    t.throws(() => serverContext(openssl, { ...server, ...over }), { code: 'dtls-credentials', message }, what)
  t.equal(openssl.calls.ERR_get_error(), 0, 'no error is left for the next')
})

void t.test('a context may be freed twice, and makes nothing afterwards', { skip }, async (t) => {
  const context = clientContext(openssl, client)
  const ssl = context.newSsl()
  t.not(ssl, null)
  context.free()
  context.free()
  t.equal(context.newSsl(), null)
  openssl.calls.SSL_free(ssl)
})

const bytes = await nativeBytes()
void t.test('good and bad credentials leave no memory behind', { skip: skip || bytes === undefined }, async (t) => {
  const attempts: [what: string, make: () => { free(): void }][] = [
    ['a client', () => clientContext(openssl, client)],
    ['a server', () => serverContext(openssl, server)],
  ]
  for (const [what, over] of clients) attempts.push([what, () => clientContext(openssl, { ...client, ...over })])
  for (const [what, over] of servers) attempts.push([what, () => serverContext(openssl, { ...server, ...over })])
  for (const [what, make] of attempts) {
    const grown = await leastGrowth(bytes!, 60, () => {
      try {
        make().free()
      } catch {
        // What is refused must be freed as well.
      }
    })
    t.ok(grown < 70, `${what}: ${grown} bytes each`)
  }
})
