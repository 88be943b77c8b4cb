/** An add-on host on loopback over TLS, which answers as each test wants. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { Test } from 'tap'
import { AddonClient, type AddonClientOptions } from '../../../../agent/config/download/addon-client.js'
import { generateKeys } from '../../../../certs/keys.js'
import { LeafContexts } from '../../../../certs/leaf-contexts.js'
import { issueRoot, openIssuer } from '../../../../certs/x509.js'
import { type Listening, listening } from '../../../support/loopback.js'

/** The name of the host. */
export const HOST = 'addon-acme.goskope.com'

/** The keys of the user the hosts know. */
export const KEYS = { orgKey: 'ORGKEYORGKEYORGKEY01', userKey: 'USERKEYUSERKEYUSER02', os: 'win' }

const now = new Date()
const [rootKeys, leafKeys] = await Promise.all([generateKeys('rsa-2048'), generateKeys('ec-p256')])

/** The authority of the hosts, PEM. */
export const CA = issueRoot({ subject: { commonName: 'a root' }, keys: rootKeys, days: 3650, now })
const leaves = new LeafContexts({ issuer: openIssuer(CA, rootKeys.privateKey), keys: leafKeys, now: () => now })

/** What a path is answered with: a JSON text (status 200), or whatever the function does. */
export type Reply = string | Uint8Array | ((request: IncomingMessage, response: ServerResponse) => void)

/** A JSON error as the real one. */
export function refusal(status: number, message: string): Reply {
  return (_request, response) => response.writeHead(status).end(JSON.stringify({ message, status: 'error' }))
}

/** A running host. */
export interface AddonHost {
  readonly port: number
  /** By path without query; what is not here is a 404 in HTML. */
  readonly replies: Map<string, Reply>
  /** Method and path with query of each request so far. */
  readonly asked: string[]
  /** Bodies posted so far, as text. */
  readonly posted: string[]
  readonly sockets: Listening['sockets']
  close(): Promise<void>
}

/** Starts a host, on a port of an earlier one if given, with a certificate for `name`; closed with the test. */
export async function addonHost(t: Test, replies = new Map<string, Reply>(), name = HOST): Promise<AddonHost> {
  const asked: string[] = []
  const posted: string[] = []
  const server = createServer(leaves.issue([name]), (request, response) => {
    asked.push(`${request.method} ${request.url}`)
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.once('end', () => {
      if (request.method === 'POST') posted.push(body)
      const reply = replies.get(request.url?.split('?')[0] ?? '')
      if (typeof reply === 'function') reply(request, response)
      else if (reply === undefined) response.writeHead(404).end('<html>nothing here</html>')
      else response.end(reply)
    })
  })
  const listener = await listening(server)
  t.teardown(listener.close)
  return { port: listener.port, replies, asked, posted, sockets: listener.sockets, close: listener.close }
}

/** A client of the host on `port`, closed with the test. */
export function clientOf(t: Test, port: number, options: Partial<AddonClientOptions> = {}): AddonClient {
  const client = new AddonClient({ host: HOST, ip: '127.0.0.1', port, ca: CA, timeoutMs: 2000, ...options })
  t.teardown(() => client.close())
  return client
}

/** A tenant that has this version, all of it, with the version in each file; overwrite what a test wants otherwise. */
export function tenantReplies(version: string): Map<string, Reply> {
  const json = (value: object): Reply => JSON.stringify({ ...value, of: version, status: 'success' })
  return new Map<string, Reply>([
    ['/config/org/version', json({ config_version: version })],
    ['/v2/config/org/clientconfig', json({ file: 'nsconfig' })],
    ['/v1/steering/domains', json({ file: 'nssteering' })],
    ['/steering/pinnedapps', json({ file: 'nsbypass' })],
    ['/steering/exceptions', json({ file: 'nsexception' })],
    ['/config/getoverlappingdomainlist', json({ file: 'nsoverlap' })],
    ['/config/ca/cert', CA],
    ['/config/org/cert', CA],
    ['/v2/config/user/cert', Buffer.from([0x30, 0x82, 0xff, 0x00])],
    ['/v2/update/clientstatus', json({})],
  ])
}

/** Puts another version on the host. */
export function publish(host: AddonHost, version: string): void {
  for (const [path, reply] of tenantReplies(version)) host.replies.set(path, reply)
}
