/** The agent's side against openssl s_server, and against all that goes wrong. */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { DtlsClientOptions } from '../../../../agent/tunnel/dtls/dtls-client.js'
import {
  certificatesIn,
  clientOptions,
  dial,
  echoes,
  echoServer,
  failureOf,
  lackingDtls,
  relayTo,
} from '../../../support/dtls.js'
import { lacking } from '../../../support/needs.js'
import { talkTo } from '../../../support/talking-program.js'
import { waitUntil } from '../../../support/wait-until.js'

const directory = t.testdir()
const acme = await certificatesIn(directory)
const other = await certificatesIn(directory, 'other')
const skip = lackingDtls || lacking('openssl')

const file = async (name: string, text: string) => {
  await writeFile(join(directory, name), text)
  return join(directory, name)
}

/** An s_server with the gateway's certificate that wants the user's. */
async function openSslServer(t: Test, ...options: string[]) {
  const { key, chain, clientAuthority } = acme.gateway
  const own = ['-key', await file('key.pem', key), '-cert', await file('chain.pem', chain)]
  const issuers = ['-cert_chain', await file('issuers.pem', chain)]
  const users = ['-Verify', '3', '-verify_return_error', '-CAfile', await file('ca.pem', clientAuthority)]
  const server = talkTo(t, 'openssl', ['s_server', '-accept', '127.0.0.1:0', ...own, ...issuers, ...users, ...options])
  const [, port] = await server.says(/ACCEPT 127\.0\.0\.1:(\d+)/)
  return { server, port: Number(port) }
}

for (const options of [['-dtls1_2'], ['-dtls1_2', '-listen'], ['-dtls1_2', '-cipher', 'ECDHE+AES256']])
  void t.test(`openssl s_server ${options.join(' ')} and we understand each other`, { skip }, async (t) => {
    const { server, port } = await openSslServer(t, ...options)
    const client = await dial(t, clientOptions(acme, port))
    t.equal(client.link.maxBytes, 1476 - 28 - 37)
    await server.says(/depth=0 .*CN ?= ?alice@acme\.example\s+verify return:1/)
    await server.says(/CIPHER is ECDHE-(ECDSA|RSA)-AES(128|256)-GCM-SHA(256|384)/)
    client.link.send(Buffer.from('from us\n'))
    await server.says(/from us/)
    server.say('from them\n')
    await waitUntil(() => client.heard.length > 0)
    t.equal(client.heard[0]!.toString(), 'from them\n')
    client.link.close()
    await server.says(/^DONE$/m)
    client.link.send(Buffer.from('into the void'))
    client.link.close()
    t.same(client.ends, ['closed'], 'the end is told once')
  })

const refusals: readonly [what: string, server: readonly string[], over: Partial<DtlsClientOptions>, kind: string][] = [
  ['a certificate for another name', ['-dtls1_2'], { servername: 'gateway-acme.example' }, 'certificate'],
  ['a name that only a partial wildcard would cover', ['-dtls1_2'], { servername: 'a.b.goskope.com' }, 'certificate'],
  ['an authority we do not trust', ['-dtls1_2'], { ca: other.agent.authority }, 'certificate'],
  ['a user of another authority', ['-dtls1_2'], { pfx: other.agent.pfx }, 'certificate'],
  ['a PKCS#12 with another passphrase', ['-dtls1_2'], { passphrase: 'no' }, 'certificate'],
  ['what is no PKCS#12', ['-dtls1_2'], { pfx: Buffer.from('no') }, 'certificate'],
  ['what is no authority', ['-dtls1_2'], { ca: 'no' }, 'certificate'],
  ['DTLS 1.0', ['-dtls1', '-cipher', 'ALL:@SECLEVEL=0'], {}, 'handshake'],
  ['a server without forward secrecy', ['-dtls1_2', '-cipher', 'AES128-GCM-SHA256'], {}, 'handshake'],
  ['a server without AES-GCM', ['-dtls1_2', '-cipher', 'ECDHE-RSA-AES128-SHA256'], {}, 'handshake'],
]
for (const [what, options, over, kind] of refusals)
  void t.test(`${what} makes no link`, { skip }, async (t) => {
    const { port } = await openSslServer(t, ...options)
    const { failure, detail } = await failureOf({ ...clientOptions(acme, port), ...over })
    t.equal(failure, kind, detail)
    t.not(detail, '')
  })

const blocked: readonly [what: string, answer: string | undefined][] = [
  ['swallows all', undefined],
  ['answers with noise', 'noise that is no DTLS record at all'],
  ['answers with a plain alert of an unknown version', '\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x02\x28'],
]
for (const [what, answer] of blocked)
  void t.test(`a network that ${what} is noticed in time`, { skip: lackingDtls }, async (t) => {
    const hole = createSocket('udp4').bind(0, '127.0.0.1')
    t.teardown(() => hole.close())
    await once(hole, 'listening')
    hole.on('message', (_bytes, { port }) => {
      if (answer !== undefined) hole.send(Buffer.from(answer, 'latin1'), port, '127.0.0.1')
    })
    const began = performance.now()
    const { failure, detail } = await failureOf({ ...clientOptions(acme, hole.address().port), timeoutMs: 1300 })
    const took = performance.now() - began
    t.equal(failure, 'timed-out', detail)
    t.ok(took > 1200 && took < 1800, `${took} ms`)
  })

const unreachable: readonly [what: string, over: Partial<DtlsClientOptions>, errno: number | undefined][] = [
  ['a port where nobody listens', {}, 111],
  ['an address that may not be sent to', { ip: '255.255.255.255' }, 13],
  ['what is no address', { ip: 'gateway' }, 22],
  ['what is no port', { port: 70_000 }, undefined],
]
for (const [what, over, errno] of unreachable)
  void t.test(`${what} refuses at once`, { skip: lackingDtls }, async (t) => {
    const closed = createSocket('udp4').bind(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address()
    await new Promise<void>((resolve) => closed.close(() => resolve()))
    const began = performance.now()
    const result = await failureOf({ ...clientOptions(acme, port), ...over })
    t.equal(result.failure, 'refused', result.detail)
    if (errno !== undefined) t.equal(result.errno, errno)
    t.ok(performance.now() - began < 1000)
  })

void t.test('IPv6 costs 20 bytes of each datagram', { skip: lackingDtls }, async (t) => {
  const server = await echoServer(t, acme, { host: '::1' })
  const client = await dial(t, { ...clientOptions(acme, server.port), ip: '::1' })
  t.equal(client.link.maxBytes, 1476 - 48 - 37)
  t.ok(await echoes(client, 'six'))
})

void t.test('no datagram is larger than the MTU allows, and all of it is used', { skip: lackingDtls }, async (t) => {
  for (const mtu of [576, 1476]) {
    const server = await echoServer(t, acme, { mtu })
    const relay = await relayTo(t, server.port)
    const client = await dial(t, { ...clientOptions(acme, relay.port), mtu })
    const largest = 'x'.repeat(client.link.maxBytes)
    t.ok(await echoes(client, largest))
    t.equal(Math.max(...relay.seen.map(({ bytes }) => bytes.length)), mtu - 28)
    client.link.send(Buffer.alloc(client.link.maxBytes + 1))
    t.ok(await echoes(client, 'and one that is too large is not sent'))
    t.equal(client.heard.length, 2)
  }
})

void t.test('the end of the peer is heard, with and without a last word', { skip }, async (t) => {
  const server = await echoServer(t, acme)
  const client = await dial(t, clientOptions(acme, server.port))
  await waitUntil(() => server.links.length === 1)
  await server.close()
  await waitUntil(() => client.ends.length > 0)
  t.same(client.ends, ['the peer closed the connection'])

  const killed = await openSslServer(t, '-dtls1_2')
  const bereft = await dial(t, clientOptions(acme, killed.port))
  await killed.server.end('SIGKILL')
  await waitUntil(() => {
    bereft.link.send(Buffer.from('anybody?'))
    return bereft.ends.length > 0
  })
  t.match(bereft.ends[0], /ECONNREFUSED/)
})
