import t from 'tap'
import { recognise } from '../../../../agent/log/recognise.js'
import { PopTally } from '../../../../agent/log/report/pop-tally.js'

const SECOND = 1_000_000

/** Each log is messages a second apart. */
function tallied(...logs: ReadonlyArray<readonly string[]>) {
  const tally = new PopTally()
  for (const log of logs) {
    tally.beginLog()
    for (const [i, message] of log.entries()) tally.add(i * SECOND, recognise(message)!)
  }
  return tally.result()
}

const connected = (name: string, ip: string): string =>
  `DTLS SSL connected to the gslbgw server: gateway-${name}.goskope.com(${ip}):443 successfully`
const established = (name: string, pop: string): string =>
  `DTLS Tunnel established to gateway: gateway-${name}.goskope.com, pop: ${pop}`

void t.test('connections, switches, and which POP a gateway is', async (t) => {
  const log = [
    connected('ord1', '192.0.2.1'),
    established('ord1', 'US-ORD1'),
    connected('ord2', '192.0.2.2'),
    established('ord1', 'US-XXX1'),
    connected('ord1', '192.0.2.1'),
    connected('ord1', '192.0.2.1'),
  ]
  t.match(tallied(log), {
    connections: 4,
    switches: 2,
    failures: 0,
    gateways: [
      { gateway: 'gateway-ord1.goskope.com', ip: '192.0.2.1', pop: 'US-ORD1', connections: 3 },
      { gateway: 'gateway-ord2.goskope.com', ip: '192.0.2.2', pop: '', connections: 1 },
    ],
  })
  t.match(tallied([connected('a', '::1')], [connected('b', '::2')]), { switches: 0 }, 'another log is no switch')
})

void t.test('before GSLB the address is in an earlier line', async (t) => {
  const pop = tallied([
    'TLS remote host g.example resolved to 8.36.116.35, port 443',
    'TLS SSL connected to the server: g.example:443 successfully',
  ])
  t.match(pop.gateways, [{ gateway: 'g.example', ip: '8.36.116.35', connections: 1 }])
})

void t.test('how gateways were found, and how often not', async (t) => {
  const pop = tallied([
    'Failed to resolve g.example by EDNS',
    'Hostname g.example resolved by LDNS',
    'Hostname g.example resolved by EDNS',
    '[NSClient]: curPop:US-ORD2 modified',
    '[NSClient]: curPop:US-ORD2 not modified',
    '[NSClient]: failed to fetch pops from h.example, err: -2',
  ])
  t.match(pop, { methods: { EDNS: 1, LDNS: 1, GSLB: 2 }, failures: 2 })
})

void t.test('a failure that two parts of the client tell is one', async (t) => {
  const twice = ['DTLS failed to connect to g.example:443, err: 10065', 'DTLS nsssl_connect failed, err: -1']
  t.equal(tallied(twice).failures, 1)
  t.equal(tallied([twice[0]!, 'Tunnel Up', twice[1]!]).failures, 2, 'two seconds apart they are two')
  t.equal(tallied([twice[1]!]).failures, 1, 'told once')
})

void t.test('round trips by POP', async (t) => {
  const rtt = (pop: string, ms: number): string => `[NSClient]: post client rtt pop:${pop} ip:192.0.2.1 rtt:${ms}`
  t.strictSame(tallied([rtt('A', 10), rtt('B', 99), rtt('A', 40)]).rtt, [
    { pop: 'A', count: 2, least: 10, mean: 25, most: 40 },
    { pop: 'B', count: 1, least: 99, mean: 99, most: 99 },
  ])
})

void t.test('the timeline is bounded, and everybody is told all', async (t) => {
  let heard = 0
  const tally = new PopTally(() => heard++)
  for (let i = 0; i < 10_005; i++) tally.add(i, recognise('keepAlive fails with 3 tries')!)
  t.equal(heard, 10_005)
  t.match(tally.result(), { omitted: 5 })
  t.equal(tally.result().timeline.length, 10_000)
})
