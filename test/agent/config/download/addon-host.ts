/** An add-on host on loopback, which answers as each test wants. */

import type { Test } from 'tap'
import { AddonClient } from '../../../../agent/config/download/addon-client.js'
import type { HttpsClientOptions } from '../../../../agent/outbound/https-client.js'
import { CA, type HttpsHost, httpsHost, type Reply, statusReply } from '../../../support/https-host.js'

/** The name of the host. */
export const HOST = 'addon-acme.goskope.com'

/** The keys of the user the hosts know. */
export const KEYS = { orgKey: 'ORGKEYORGKEYORGKEY01', userKey: 'USERKEYUSERKEYUSER02', os: 'win' }

/** A JSON error as the real one. */
export function refusal(status: number, message: string): Reply {
  return statusReply(status, JSON.stringify({ message, status: 'error' }))
}

/** Starts a host; closed with the test. */
export function addonHost(t: Test, replies?: Map<string, Reply>): Promise<HttpsHost> {
  return httpsHost(t, HOST, replies)
}

/** A client of the host on `port`, closed with the test. */
export function clientOf(t: Test, port: number, options: Partial<HttpsClientOptions> = {}): AddonClient {
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
export function publish(host: HttpsHost, version: string): void {
  for (const [path, reply] of tenantReplies(version)) host.replies.set(path, reply)
}
