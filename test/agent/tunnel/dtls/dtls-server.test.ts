/** The gateway's side against openssl s_client, against clients that begin anew, and against noise. */

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { clientContext } from '../../../../agent/tunnel/dtls/dtls-context.js'
import { DtlsEngine } from '../../../../agent/tunnel/dtls/dtls-engine.js'
import { readClientHello } from '../../../../agent/tunnel/dtls/dtls-record.js'
import { loadOpenSsl } from '../../../../agent/tunnel/dtls/openssl.js'
import {
  certificatesIn,
  clientOptions,
  DTLS_USER,
  dial,
  echoes,
  echoServer,
  failureOf,
  lackingDtls,
  relayTo,
} from '../../../support/dtls.js'
import { lacking } from '../../../support/needs.js'
import { runProgram } from '../../../support/run-program.js'
import { talkTo } from '../../../support/talking-program.js'
import { waitUntil } from '../../../support/wait-until.js'

const directory = t.testdir()
const acme = await certificatesIn(directory)
const other = await certificatesIn(directory, 'other')
const skip = lackingDtls || lacking('openssl')
const openssl = await loadOpenSsl()

/** `-cert` and `-key` of a user, as PEM out of the PKCS#12. */
async function userFiles(name: string, { agent }: typeof acme): Promise<string[]> {
  const from = join(directory, `${name}.p12`)
  const to = join(directory, `${name}.pem`)
  await writeFile(from, agent.pfx)
  await runProgram('openssl', ['pkcs12', '-in', from, '-nodes', '-passin', `pass:${agent.passphrase}`, '-out', to])
  return ['-cert', to, '-key', to]
}

async function openSslClient(t: Test, port: number, ...options: string[]) {
  const ca = join(directory, 'root.pem')
  await writeFile(ca, acme.agent.authority)
  const verify = ['-CAfile', ca, '-verify_return_error', '-verify_hostname', acme.gateway.serverName]
  return talkTo(t, 'openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...verify, ...options])
}

void t.test('openssl s_client with a user certificate and we understand each other', { skip }, async (t) => {
  const server = await echoServer(t, acme)
  const client = await openSslClient(t, server.port, '-dtls1_2', ...(await userFiles('acme', acme)))
  await client.says(/Verify return code: 0 \(ok\)/)
  t.match(client.output(), /Cipher is ECDHE-(ECDSA|RSA)-AES/)
  client.say('to and fro\n')
  await client.says(/to and fro/)
  t.same(server.peers, [{ user: DTLS_USER, from: '127.0.0.1' }])
  client.say('Q\n')
  await waitUntil(() => server.links[0]!.ends.length > 0)
  t.same(server.links[0]!.ends, ['the peer closed the connection'])
})

const strangers: readonly [what: string, options: (() => Promise<string[]>) | string[], log: RegExp][] = [
  ['no certificate', ['-dtls1_2'], /did not return a certificate/],
  ['a certificate of another authority', () => userFiles('other', other), /local issuer certificate|self.signed/],
  ['DTLS 1.0 only', ['-dtls1', '-cipher', 'ALL:@SECLEVEL=0'], /protocol/],
  ['no cipher with AES-GCM', ['-dtls1_2', '-cipher', 'ECDHE+AESCCM'], /no shared cipher/],
]
for (const [what, options, log] of strangers)
  void t.test(`openssl s_client with ${what} is refused`, { skip }, async (t) => {
    const server = await echoServer(t, acme)
    await openSslClient(
      t,
      server.port,
      ...(typeof options === 'function' ? ['-dtls1_2', ...(await options())] : options),
    )
    await waitUntil(() => server.log.length > 0)
    t.match(server.log[0], log)
    t.equal(server.links.length, 0)
  })

void t.test('a client that begins anew from the same address takes its own place', { skip: lackingDtls }, async (t) => {
  const server = await echoServer(t, acme)
  const relay = await relayTo(t, server.port)
  const options = clientOptions(acme, relay.port)
  const first = await dial(t, options)
  t.ok(await echoes(first, 'one'))
  const second = await dial(t, options)
  t.ok(await echoes(second, 'two'))
  t.same(
    server.links.map(({ ends }) => ends),
    [['the client began anew'], []],
  )
})

void t.test('a hello alone, even with its cookie, ends no link', { skip: lackingDtls }, async (t) => {
  const server = await echoServer(t, acme)
  const relay = await relayTo(t, server.port)
  const client = await dial(t, clientOptions(acme, relay.port))
  t.ok(await echoes(client, 'before'))
  const forger = newClient()
  t.teardown(() => forger.free())
  relay.inject(forger.takeOutgoing()[0]!)
  const lastAnswer = () => relay.seen.findLast(({ toServer }) => !toServer)!.bytes
  await waitUntil(() => lastAnswer()[13] === HELLO_VERIFY)
  forger.receive(lastAnswer())
  relay.inject(forger.takeOutgoing()[0]!)
  await waitUntil(() => lastAnswer()[13] !== HELLO_VERIFY)
  t.ok(await echoes(client, 'after'))
  t.same(server.links[0]!.ends, [])
  // Its own hello again, as a network may repeat it, is no new beginning either.
  const hellos = relay.seen.filter(({ toServer, bytes }) => toServer && bytes[13] === CLIENT_HELLO && bytes[3] === 0)
  relay.inject(hellos[1]!.bytes)
  t.ok(await echoes(client, 'and still'))
})

void t.test("noise from a client's address does its link no harm", { skip: lackingDtls }, async (t) => {
  const server = await echoServer(t, acme)
  const relay = await relayTo(t, server.port)
  const client = await dial(t, clientOptions(acme, relay.port))
  t.ok(await echoes(client, 'before'))
  const seen = relay.seen.map(({ bytes }) => bytes)
  const damaged = fc.tuple(fc.constantFrom(...seen), fc.nat(1500), fc.nat(255)).map(([bytes, at, value]) => {
    const copy = Buffer.from(bytes)
    copy[at % copy.length] = value
    return copy
  })
  const noise = fc.oneof(fc.uint8Array({ maxLength: 1600 }), damaged, fc.constantFrom(...seen))
  await fc.assert(
    fc.asyncProperty(fc.array(noise, { maxLength: 40 }), fc.uuid(), async (datagrams, text) => {
      for (const datagram of datagrams) relay.inject(datagram)
      return echoes(client, text)
    }),
    { numRuns: 40 },
  )
  t.same(server.links[0]!.ends, [])
  t.same(client.ends, [])
})

void t.test('noise from strangers is not answered, and leaves nothing behind', { skip: lackingDtls }, async (t) => {
  const server = await echoServer(t, acme)
  const stranger = await boundSocket(t)
  const answers: Buffer[] = []
  stranger.on('message', (bytes) => answers.push(bytes))
  const engine = newClient()
  const hello = engine.takeOutgoing()[0]!
  engine.free()
  const isHello = (bytes: Uint8Array) => readClientHello(bytes) !== undefined
  const cut = fc.nat(hello.length - 1).map((length) => hello.subarray(0, length))
  const noise = fc.oneof(fc.uint8Array({ maxLength: 1600 }), cut).filter((bytes) => !isHello(bytes))
  await fc.assert(
    fc.asyncProperty(fc.array(noise, { maxLength: 40 }), async (datagrams) => {
      for (const datagram of [...datagrams, hello]) stranger.send(datagram, server.port, '127.0.0.1')
      await waitUntil(() => answers.length > 0)
      const [answer] = answers.splice(0)
      return answer![13] === HELLO_VERIFY && answer!.length < hello.length && answers.length === 0
    }),
    { numRuns: 60 },
  )
  t.same(server.log, [])
})

void t.test(
  'handshakes at once are bounded, and those left alone make room again',
  { skip: lackingDtls },
  async (t) => {
    const server = await echoServer(t, acme)
    const halves = await Promise.all(Array.from({ length: 130 }, () => leaveHalfway(t, server.port)))
    t.equal(halves.filter((isAnswered) => isAnswered).length, 128)
    t.equal((await failureOf({ ...clientOptions(acme, server.port), timeoutMs: 700 })).failure, 'timed-out')
    // Room for the late one is made by the first that is given up; the others follow, each at its own time.
    const late = await dial(t, { ...clientOptions(acme, server.port), timeoutMs: 20_000 })
    t.ok(await echoes(late, 'room'))
    const givenUp = () => server.log.filter((line) => /was not done within|nothing was heard/.test(line)).length
    await waitUntil(() => givenUp() >= 128)
    t.equal(givenUp(), 128)
  },
)

void t.test('what cannot listen says so', { skip: lackingDtls }, async (t) => {
  const { port } = await echoServer(t, acme)
  await t.rejects(echoServer(t, acme, { port }), { code: 'port-in-use', exitCode: 2 })
  for (const over of [{ key: 'no' }, { cert: 'no' }, { clientCa: 'no' }, { key: other.gateway.key }])
    await t.rejects(echoServer(t, acme, over), { code: 'dtls-credentials' }, `${Object.keys(over)}`)
})

const CLIENT_HELLO = 1
const HELLO_VERIFY = 3

function newClient(): DtlsEngine {
  if ('unavailable' in openssl) throw new Error(openssl.unavailable)
  const { authority, pfx, passphrase } = acme.agent
  const context = clientContext(openssl, { ca: authority, pfx, passphrase })
  const engine = new DtlsEngine(context, 1448)
  context.free()
  engine.connect(acme.gateway.serverName)
  return engine
}

async function boundSocket(t: Test): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  return socket
}

/** Brings the cookie and goes away; whether the server went on. */
async function leaveHalfway(t: Test, port: number): Promise<boolean> {
  const socket = await boundSocket(t)
  const engine = newClient()
  t.teardown(() => engine.free())
  for (const datagram of engine.takeOutgoing()) socket.send(datagram, port, '127.0.0.1')
  const [verifyRequest] = (await once(socket, 'message')) as [Buffer]
  engine.receive(verifyRequest)
  const answered = once(socket, 'message').then(() => true)
  for (const datagram of engine.takeOutgoing()) socket.send(datagram, port, '127.0.0.1')
  return Promise.race([answered, new Promise<boolean>((resolve) => setTimeout(resolve, 2500, false))])
}
