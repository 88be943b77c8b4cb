import { execFile, execFileSync } from 'node:child_process'
import dgram from 'node:dgram'
import { EventEmitter, once } from 'node:events'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { DnsServer, type DnsServerOptions } from '../../../agent/dns/dns-server.js'
import { HostMap } from '../../../agent/dns/host-map.js'
import { type DnsUpstream, RelayUpstream, type UpstreamOptions } from '../../../agent/dns/upstream.js'
import { RCODE, rcodeOf } from '../../../agent/dns/wire.js'
import { SteerError } from '../../../agent/errors.js'
import { FLAGS, messageBytes, responseTo } from '../../support/dns-message.js'
import { startTestUpstream, type TestUpstream } from '../../support/dns-upstream.js'
import { answerFromZone } from '../../support/dns-zone.js'

interface Running {
  readonly server: DnsServer
  readonly port: number
  readonly hostMap: HostMap
  readonly upstream: TestUpstream
}

async function withServer(
  options: Partial<DnsServerOptions> & Partial<UpstreamOptions>,
  body: (running: Running) => Promise<void>,
): Promise<void> {
  const upstream = await startTestUpstream(answerFromZone)
  const relay = new RelayUpstream({ servers: [upstream.endpoint], timeoutMs: 1_000, ...options })
  const hostMap = new HostMap()
  const server = new DnsServer({ upstream: relay, hostMap, ipv6: true, dropSvcb: false, now: () => 1_000, ...options })
  try {
    const port = await server.listen({ host: '127.0.0.1', port: 0 })
    await body({ server, port, hostMap, upstream })
  } finally {
    server.close()
    relay.close()
    upstream.close()
  }
}

const noDig = ((): string | false => {
  try {
    execFileSync('dig', ['-v'], { stdio: 'ignore' })
    return false
  } catch {
    return 'dig (dnsutils) is not installed'
  }
})()

async function dig(port: number, ...question: string[]): Promise<string> {
  const args = ['+time=3', '+tries=1', '-p', String(port), '@127.0.0.1', ...question]
  const { stdout, stderr } = await promisify(execFile)('dig', args)
  return stdout + stderr
}

const digs: readonly (readonly [string, readonly string[], readonly RegExp[]])[] = [
  ['A through a CNAME', ['www.box.test', 'A'], [/NOERROR/, /CNAME\s+edge\.cdn\.test\./, /A\s+74\.112\.186\.144/]],
  ['AAAA', ['www.box.test', 'AAAA'], [/NOERROR/, /AAAA\s+2606:2800::1/]],
  ['HTTPS', ['www.box.test', 'TYPE65'], [/NOERROR/, /HTTPS\s+1 \. alpn="h2"/]],
  ['TXT', ['www.box.test', 'TXT'], [/NOERROR/, /TXT\s+"steered"/]],
  ['a type nobody knows', ['www.box.test', 'TYPE65280'], [/NOERROR/, /TYPE65280\s+\\# 2 CAFE/]],
  ['a name that is not there', ['nowhere.test', 'A'], [/NXDOMAIN/]],
  ['a query without EDNS', ['+noedns', 'www.box.test', 'A'], [/NOERROR/, /74\.112\.186\.144/]],
  ['cookies', ['+cookie', 'cookie.test', 'A'], [/NOERROR/, /COOKIE: [0-9a-f]{32} \(good\)/]],
  ['mixed case', ['wWw.BOX.test', 'A'], [/NOERROR/, /;wWw\.BOX\.test\./, /74\.112\.186\.144/]],
  ['an opcode nobody relays', ['+noedns', '+opcode=status', 'www.box.test', 'A'], [/NOTIMP/]],
]

for (const [what, question, expected] of digs) {
  for (const transport of ['+notcp', '+tcp']) {
    void t.test(`dig gets ${what} (${transport})`, { skip: noDig }, (t) =>
      withServer({}, async ({ port }) => {
        const said = await dig(port, transport, ...question)
        for (const pattern of expected) t.match(said, pattern)
        t.notMatch(said, /WARNING|malformed|mismatch/i)
      }),
    )
  }
}

void t.test('dig retries a cut answer over TCP and gets all of it', { skip: noDig }, (t) =>
  withServer({}, async ({ port, upstream, hostMap }) => {
    const said = await dig(port, '+noedns', 'big.test', 'A')
    t.match(said, /Truncated, retrying in TCP mode/)
    t.equal(said.match(/10\.9\.8\.\d+/g)?.length, 60)
    t.same(
      upstream.queries.map(({ transport }) => transport),
      ['udp', 'tcp'],
    )
    t.equal(hostMap.lookup('10.9.8.59', 1_000), 'big.test')
  }),
)

void t.test('an answer larger than the client takes is cut here, and all of it is learnt', { skip: noDig }, (t) =>
  withServer({}, async ({ port, hostMap }) => {
    const plain = await dig(port, '+noedns', '+ignore', 'huge.test', 'A')
    t.match(plain, /flags: qr tc rd ra; QUERY: 1, ANSWER: 0/)
    t.notMatch(plain, /malformed/)
    t.match(
      await dig(port, '+bufsize=600', '+ignore', 'huge.test', 'A'),
      /flags: qr tc [^;]*; QUERY: 1, ANSWER: 0[\s\S]*EDNS/,
    )
    t.match(await dig(port, '+bufsize=4096', '+ignore', 'huge.test', 'A'), /flags: qr rd ra; QUERY: 1, ANSWER: 60/)
    t.equal(hostMap.lookup('10.9.8.59', 1_000), 'huge.test')
  }),
)

void t.test('without IPv6 on the way out AAAA has no data, A has', { skip: noDig }, (t) =>
  withServer({ ipv6: false, dropSvcb: true }, async ({ port, upstream }) => {
    t.match(await dig(port, 'www.box.test', 'AAAA'), /NOERROR[\s\S]*ANSWER: 0/)
    t.match(await dig(port, 'www.box.test', 'TYPE65'), /NOERROR[\s\S]*ANSWER: 0/)
    t.equal(upstream.queries.length, 0)
    t.match(await dig(port, 'www.box.test', 'A'), /74\.112\.186\.144/)
  }),
)

void t.test('a dead upstream is a server failure at once, a silent one after its time', { skip: noDig }, (t) =>
  withServer({ timeoutMs: 100 }, async ({ port, upstream }) => {
    t.match(await dig(port, 'silent.test', 'A'), /SERVFAIL/)
    t.equal(upstream.queries.length, 2)
    upstream.close()
    t.match(await dig(port, '+notcp', 'www.box.test', 'A'), /SERVFAIL/)
    t.match(await dig(port, '+tcp', 'www.box.test', 'A'), /SERVFAIL/)
  }),
)

void t.test('what dig asked for is in the map, with who asked and which question', { skip: noDig }, (t) =>
  withServer({}, async ({ port, hostMap }) => {
    await dig(port, 'www.box.test', 'A')
    t.equal(hostMap.lookup('74.112.186.144', 1_000), 'www.box.test')
    const [entry] = hostMap.entries(1_000)
    t.match(entry, {
      learntAt: 1_000,
      ttlLeft: 60,
      query: { name: 'www.box.test', type: 'A', client: /^127\.0\.0\.1:\d+$/ },
    })
  }),
)

/** A datagram socket that tells what the host map knows at the moment a reply is sent. */
class WatchingSocket extends EventEmitter {
  readonly #hostMap: HostMap
  constructor(hostMap: HostMap) {
    super()
    this.#hostMap = hostMap
  }
  send(): void {
    this.emit('sent', this.#hostMap.lookup('74.112.186.144', 1_000))
  }
  close(): void {
    this.emit('close')
  }
}

void t.test('the map knows the address before the reply leaves', (t) =>
  withServer({}, async ({ server, hostMap }) => {
    const socket = new WatchingSocket(hostMap)
    server.serveDatagrams(socket as unknown as dgram.Socket, { ip: '127.0.0.1', port: 53 })
    const sent = new Promise((resolve) => socket.once('sent', resolve))
    const query = messageBytes({ flags: 0x0100, question: { name: 'www.box.test', type: 1 } })
    socket.emit('message', query, { address: '127.0.0.1', port: 5000 })
    t.equal(await sent, 'www.box.test')
  }),
)

void t.test('an upstream that throws costs its query a server failure, and the next query is served', (t) => {
  let faults = 0
  const upstream: DnsUpstream = {
    ask: async (query) => {
      faults += 1
      if (faults === 1) throw new Error('a fault')
      return { reply: responseTo(query, FLAGS.answer) }
    },
    close: () => {},
  }
  return withServer({ upstream }, async ({ port }) => {
    const client = dgram.createSocket('udp4')
    const rcodes: number[] = []
    for (const id of [1, 2]) {
      client.send(messageBytes({ id, flags: FLAGS.query, question: { name: 'a.test', type: 1 } }), port, '127.0.0.1')
      const [reply] = (await once(client, 'message')) as [Buffer]
      rcodes.push(rcodeOf(reply))
    }
    client.close()
    t.same(rcodes, [RCODE.serverFailure, RCODE.noError])
  })
})

void t.test('resolve asks the same upstream, teaches the same map, and asks once while the TTL lasts', (t) =>
  withServer({}, async ({ server, upstream, hostMap }) => {
    const found = { addresses: ['74.112.186.144', '2606:2800::1'] }
    t.same(await server.resolve('www.box.test'), found)
    t.same(await server.resolve('WWW.BOX.TEST.'), found)
    t.equal(upstream.queries.length, 2)
    t.equal(hostMap.lookup('2606:2800::1', 1_000), 'www.box.test')
    t.same(await server.resolve('nowhere.test'), { failure: 'not-found' })
    t.match(await server.resolve('big.test'), { addresses: { length: 60 } })
  }),
)

void t.test('a port that is taken is said in one sentence', (t) =>
  withServer({}, async ({ port, server }) => {
    const error = await server.listen({ host: '127.0.0.1', port }).catch((reason: unknown) => reason)
    t.ok(error instanceof SteerError)
    t.match(error, { code: 'port-in-use', exitCode: 2, message: `port ${port} of 127.0.0.1 is taken` })
  }),
)

void t.test('after close the port is free again, and a query under way does no harm', (t) =>
  withServer({ timeoutMs: 300 }, async ({ port, server, upstream }) => {
    const client = dgram.createSocket('udp4')
    client.send(messageBytes({ flags: 0x0100, question: { name: 'silent.test', type: 1 } }), port, '127.0.0.1')
    while (upstream.queries.length === 0) await new Promise(setImmediate)
    client.close()
    server.close()
    server.close()
    await listenAgain(t, port)
  }),
)

async function listenAgain(t: Test, port: number): Promise<void> {
  await withServer({}, async ({ server }) => {
    t.equal(await server.listen({ host: '127.0.0.1', port }), port)
  })
}
