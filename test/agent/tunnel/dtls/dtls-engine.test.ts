/** Two engines, back to back, without a network. */

import t, { type Test } from 'tap'
import { clientContext, type DtlsContext, serverContext } from '../../../../agent/tunnel/dtls/dtls-context.js'
import { DtlsEngine } from '../../../../agent/tunnel/dtls/dtls-engine.js'
import { helloVerifyRequest, readClientHello } from '../../../../agent/tunnel/dtls/dtls-record.js'
import { loadOpenSsl, type OpenSsl } from '../../../../agent/tunnel/dtls/openssl.js'
import { certificatesIn, DTLS_USER, lackingDtls as skip } from '../../../support/dtls.js'

const openssl = (await loadOpenSsl()) as OpenSsl
const { agent, gateway } = await certificatesIn(t.testdir())

interface Pair {
  readonly client: DtlsEngine
  readonly server: DtlsEngine
  /** Lengths of all datagrams of the handshake after the cookie. */
  readonly lengths: number[]
}

/** A client and a server that have the cookie behind them. */
function newPair(t: Test, servername = gateway.serverName, maxDatagram = 1448): Pair {
  const { authority: ca, pfx, passphrase } = agent
  const client = engineOf(t, clientContext(openssl, { ca, pfx, passphrase }), maxDatagram)
  const { key, chain: cert, clientAuthority: clientCa } = gateway
  const server = engineOf(t, serverContext(openssl, { key, cert, clientCa }), maxDatagram)
  client.connect(servername)
  const [hello] = client.takeOutgoing()
  client.receive(helloVerifyRequest(readClientHello(hello!)!.recordSequence, Buffer.from('cookie')))
  const [secondHello] = client.takeOutgoing()
  server.accept(secondHello!)
  return { client, server, lengths: [] }
}

function engineOf(t: Test, context: DtlsContext, maxDatagram: number): DtlsEngine {
  const engine = new DtlsEngine(context, maxDatagram)
  context.free()
  t.teardown(() => engine.free())
  return engine
}

/** Carries all that the two say to each other, until both are silent; answers their plain texts. */
function carry({ client, server, lengths }: Pair): { readonly toClient: Buffer[]; readonly toServer: Buffer[] } {
  const [toClient, toServer]: [Buffer[], Buffer[]] = [[], []]
  for (;;) {
    const [up, down] = [client.takeOutgoing(), server.takeOutgoing()]
    if (up.length + down.length === 0) return { toClient, toServer }
    lengths.push(...[...up, ...down].map(({ length }) => length))
    for (const datagram of up) toServer.push(...server.receive(datagram))
    for (const datagram of down) toClient.push(...client.receive(datagram))
  }
}

void t.test('a handshake, texts of every size, and close_notify', { skip }, async (t) => {
  for (const maxDatagram of [528, 1448]) {
    const pair = newPair(t, gateway.serverName, maxDatagram)
    t.equal(pair.client.maxBytes, 0)
    t.equal(pair.client.state, 'handshake')
    carry(pair)
    const { client, server } = pair
    t.same([client.state, server.state], ['open', 'open'])
    t.same([client.peerName, server.peerName], [gateway.serverName, DTLS_USER])
    t.ok(Math.max(...pair.lengths) <= maxDatagram, `${pair.lengths}`)
    t.equal(client.maxBytes, maxDatagram - 37, 'header 13, nonce 8, tag 16')
    t.equal(server.maxBytes, client.maxBytes)
    for (const size of [1, 100, client.maxBytes]) {
      client.write(Buffer.alloc(size, 1))
      client.write(Buffer.alloc(size, 2))
      server.write(Buffer.alloc(size, 3))
      const { toServer, toClient } = carry(pair)
      t.same(toServer, [Buffer.alloc(size, 1), Buffer.alloc(size, 2)])
      t.same(toClient, [Buffer.alloc(size, 3)])
    }
    client.shutdown()
    carry(pair)
    t.same(server.end, { kind: 'closed', detail: 'the peer closed the connection' })
    t.same([client.state, server.state], ['ended', 'ended'])
  }
})

void t.test('datagrams of an open connection may be lost, doubled, overtaken and spoilt', { skip }, async (t) => {
  const pair = newPair(t)
  carry(pair)
  const { client, server } = pair
  const datagrams = [1, 2, 3, 4].map((text) => {
    client.write(Buffer.from([text]))
    return client.takeOutgoing()[0]!
  })
  const spoilt = Buffer.from(datagrams[3]!)
  spoilt[spoilt.length - 1]! ^= 1
  const order = [datagrams[2]!, datagrams[0]!, datagrams[2]!, spoilt, Buffer.from('noise'), Buffer.alloc(0)]
  t.same(
    order.flatMap((datagram) => server.receive(datagram).map((text) => text[0])),
    [3, 1],
  )
  t.same([server.state, server.takeOutgoing()], ['open', []])
})

void t.test('a name that the certificate has not ends both sides', { skip }, async (t) => {
  for (const name of ['gateway-acme.example', 'goskope.com', 'x.gateway-acme.goskope.com']) {
    const pair = newPair(t, name)
    carry(pair)
    t.same(pair.client.end, { kind: 'certificate', detail: 'hostname mismatch' }, name)
    t.match(pair.server.end, { kind: 'certificate', detail: /alert bad certificate/ })
  }
})

void t.test('a flight is made anew only after a second', { skip }, async (t) => {
  const { client } = newPair(t)
  client.handleTimeout()
  t.same(client.takeOutgoing(), [])
  await new Promise((resolve) => setTimeout(resolve, 1050))
  client.handleTimeout()
  const [again] = client.takeOutgoing()
  t.equal(Buffer.from(readClientHello(again!)!.cookie).toString(), 'cookie')
})

void t.test('what is no hello with a cookie makes no handshake', { skip }, async (t) => {
  for (const hello of [Buffer.alloc(0), Buffer.from('noise'), helloVerifyRequest(Buffer.alloc(6), Buffer.from('x'))]) {
    const { key, chain: cert, clientAuthority: clientCa } = gateway
    const server = engineOf(t, serverContext(openssl, { key, cert, clientCa }), 1448)
    server.accept(hello)
    t.same([server.state, server.end?.kind], ['ended', 'handshake'])
  }
})

void t.test('after free, and after the end, nothing happens', { skip }, async (t) => {
  const pair = newPair(t)
  carry(pair)
  const { client, server } = pair
  server.write(Buffer.from('late'))
  const [late] = server.takeOutgoing()
  client.free()
  client.free()
  client.connect('x')
  client.accept(late!)
  client.write(Buffer.from('x'))
  client.handleTimeout()
  client.shutdown()
  t.same(client.receive(late!), [])
  t.same(client.takeOutgoing(), [])
  t.same([client.state, client.end, client.maxBytes, client.peerName], ['ended', undefined, 0, ''])
})

void t.test('no memory, no engine', { skip }, async (t) => {
  const { authority: ca, pfx, passphrase } = agent
  const context = clientContext(openssl, { ca, pfx, passphrase })
  context.free()
  t.throws(() => new DtlsEngine(context, 1448), { code: 'dtls-memory' })
})
