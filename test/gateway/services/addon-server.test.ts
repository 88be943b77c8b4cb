/** The add-on service on real sockets: an edit reaches a client, and no client harms the service. */

import { once } from 'node:events'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { connect as connectTcp, createServer } from 'node:net'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { AddonServerOptions } from '../../../gateway/services/addon-server.js'
import { addonOf, tenantFor } from '../../support/addon.js'
import { closed, listening } from '../../support/loopback.js'
import { newTenant, USER } from '../../support/tenant-gateway.js'
import { textOf } from '../../support/text-of.js'

const acme = await newTenant(t)
const VERSION = 'x-steerlab-config-version'

async function newAddon(t: Test, options: Partial<AddonServerOptions> = {}) {
  const { directory, tenant } = await tenantFor(t)
  const addon = await addonOf(t, directory, acme, options)
  const keys = `orgkey=${tenant.orgKey}&userkey=${tenant.users[0]?.userKey}`
  return { ...addon, directory, tenant, keys }
}

/** A connection on which anything can be said; `said` is all that was heard on it in the end. */
function rawClient(t: Test, port: number): { readonly socket: TLSSocket; readonly said: Promise<string> } {
  const socket = connect({ host: '127.0.0.1', port, servername: 'addon-acme.goskope.com', ca: acme.agent.authority })
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  return { socket, said: textOf(socket) }
}

/** The status of an answer whose body is as long as it says. */
function statusOf(answer: string): number {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  if (!head.includes(`content-length: ${body.length}`)) throw new Error(`another length: ${answer}`)
  return Number(head.split(' ')[1])
}

void t.test('an edit reaches the next who asks, and all files tell their version', async (t) => {
  const { ask, keys, directory } = await newAddon(t)
  const exceptions = await ask(`/steering/exceptions?${keys}`)
  t.strictSame(exceptions.bytes, await readFile(join(directory, 'nsexception.json')), 'the very bytes')
  const first = exceptions.headers[VERSION]
  t.strictSame((await ask(`/config/org/version?${keys}`)).json(), { config_version: first, status: 'success' })
  t.equal((await ask(`/v1/steering/domains?${keys}&os=linux`)).headers[VERSION], first)

  for (const name of ['a.example', 'b.example']) {
    await writeFile(join(directory, 'nsexception.json'), JSON.stringify({ names: [name], ips: [] }))
    t.match((await ask(`/steering/exceptions?${keys}`)).json(), { names: [name] })
  }
  await writeFile(join(directory, 'nsexception.json'), '{')
  t.match((await ask(`/steering/exceptions?${keys}`)).json(), { names: ['b.example'] }, 'a bad edit does not')
  t.ok(String((await ask(`/config/org/version?${keys}`)).json()['config_version']) > String(first))
})

void t.test('statuses are kept with user and time, and logged', async (t) => {
  const { ask, keys, directory, log } = await newAddon(t, { now: () => new Date('2025-03-05T12:00:00Z') })
  const target = `/v2/update/clientstatus?${keys}`
  const body = '{"client_status":{"event":"Tunnel Up","host_info":{"hostname":"desk"}}}'
  t.strictSame((await ask(target, { method: 'POST', body })).json(), { status: 'success' })
  t.equal((await ask(target, { method: 'POST', body: '{}' })).status, 400)
  t.equal((await ask('/v2/update/clientstatus', { method: 'POST', body })).status, 403)
  t.equal(
    await readFile(join(directory, 'clientstatus.jsonl'), 'utf8'),
    `{"time":"2025-03-05T12:00:00.000Z","user":"${USER}","event":"Tunnel Up","host_info":{"hostname":"desk"}}\n`,
  )
  t.strictSame(
    log.filter(({ event }) => event === 'client-status'),
    [{ event: 'client-status', user: USER, status: 'Tunnel Up' }],
  )
})

void t.test('the log has every request and no key', async (t) => {
  const { ask, keys, tenant, log } = await newAddon(t)
  await ask(`/steering/exceptions?${keys}`)
  await ask(`/steering/exceptions?${keys}x`)
  await ask(`/${'x'.repeat(5000)}?${keys}`)
  t.strictSame(
    log.filter(({ event }) => event === 'addon-request'),
    [
      { event: 'addon-request', method: 'GET', path: '/steering/exceptions', status: 200, user: USER },
      { event: 'addon-request', method: 'GET', path: '/steering/exceptions', status: 403 },
      { event: 'addon-request', method: 'GET', path: `/${'x'.repeat(199)}`, status: 404 },
    ],
  )
  const text = JSON.stringify(log)
  for (const key of [tenant.orgKey, String(tenant.users[0]?.userKey)]) t.notOk(text.includes(key))
})

void t.test('a tenant that is missing, or broken, and comes back', async (t) => {
  const { ask, keys, directory, tenant, log } = await newAddon(t)
  const target = `/config/org/version?${keys}`
  await rename(directory, `${directory}-away`)
  const missing = await ask(target)
  t.equal(missing.status, 503)
  t.strictSame(missing.json(), { message: 'There is no tenant here', status: 'error' })
  t.equal((await ask('/')).status, 200)
  await rename(`${directory}-away`, directory)
  await writeFile(join(directory, 'tenant.json'), JSON.stringify({ ...tenant, orgKey: 'a-key-too-short' }))
  t.equal((await ask(target)).status, 500)
  t.match(log.at(-2), { event: 'addon-failed', reason: 'tenant.json cannot be used' }, 'without the key in it')
  await writeFile(join(directory, 'tenant.json'), JSON.stringify(tenant))
  t.equal((await ask(target)).status, 200)
})

void t.test('bodies', async (t) => {
  const { ask, keys, port } = await newAddon(t)
  const target = `/v2/update/clientstatus?${keys}`
  const bodyOf = (bytes: number) => `{"client_status":{"event":"x"}}`.padEnd(bytes)
  t.equal((await ask(target, { method: 'POST', body: bodyOf(64 * 1024) })).status, 200, 'the largest')
  for (const bytes of [64 * 1024 + 1, 3_000_000]) {
    const answer = await ask(target, { method: 'POST', body: bodyOf(bytes) })
    t.strictSame([answer.status, answer.json()['status']], [413, 'error'])
  }
  const hungUp = rawClient(t, port).socket
  hungUp.write(`POST ${target} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{`, () => hungUp.destroy())
  await closed(hungUp)
  t.equal((await ask('/')).status, 200)
})

void t.test('those who are slow, or speak no HTTP', async (t) => {
  const { ask, keys, port } = await newAddon(t, { requestMs: 300 })
  const sayings: ReadonlyArray<readonly [why: string, text: string, status: number]> = [
    [
      'a body that does not come',
      `POST /v2/update/clientstatus?${keys} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{`,
      408,
    ],
    [
      'a body without end',
      `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000000\r\n\r\n${' '.repeat(2_000_000)}`,
      408,
    ],
    ['a header that does not end', 'GET / HTTP/1.1\r\nhost: x\r\n', 408],
    ['another language', 'EHLO steerlab\r\n\r\n', 400],
    ['a header that is too large', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ]
  for (const [why, text, status] of sayings) {
    const { socket, said } = rawClient(t, port)
    socket.write(text)
    t.equal(statusOf(await said), status, why)
  }
  const plain = connectTcp({ host: '127.0.0.1', port })
  plain.on('error', () => {})
  plain.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  t.notMatch(await textOf(plain), /HTTP/, 'there is no service without TLS')
  t.equal((await ask('/')).status, 200)
})

void t.test('whatever is asked for, the answer is JSON and the service lives', async (t) => {
  const { ask, keys } = await newAddon(t)
  const known = fc.constantFrom(
    '/',
    '/steering/exceptions',
    '/config/org/version',
    '/v1/externalhost',
    '//',
    '/%zz',
    '/..',
  )
  const query = fc.oneof(fc.constant(keys), fc.webQueryParameters(), fc.constantFrom('%', '&&==', '=%ff', 'orgkey'))
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE')
  const path = fc.oneof(
    known,
    fc.webPath().map((text) => `/${text}`),
  )
  await fc.assert(
    fc.asyncProperty(method, path, query, fc.string(), async (method, path, query, body) => {
      const answer = await ask(`${path}?${query}`, { method, ...(method === 'GET' ? {} : { body }) })
      return typeof answer.json() === 'object' && [200, 400, 403, 404, 405].includes(answer.status)
    }),
    { numRuns: 100 },
  )
})

void t.test('a stop ends everything, and a port that is taken is told', async (t) => {
  const { port, close, ask } = await newAddon(t)
  t.equal((await ask('/')).status, 200)
  const idle = rawClient(t, port)
  await once(idle.socket, 'secureConnect')
  const halfway = rawClient(t, port)
  halfway.socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{')
  await once(halfway.socket, 'secureConnect')
  const silent = connectTcp({ host: '127.0.0.1', port })
  silent.on('error', () => {})
  await once(silent, 'connect')
  await close()
  await Promise.all([closed(idle.socket), closed(halfway.socket), closed(silent)])
  await t.rejects(ask('/'), { code: 'ECONNREFUSED' })

  const taken = await listening(createServer())
  t.teardown(taken.close)
  await t.rejects(newAddon(t, { port: taken.port }), { code: 'port-in-use', exitCode: 2 })
})
