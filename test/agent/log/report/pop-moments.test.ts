import t from 'tap'
import { recognise } from '../../../../agent/log/recognise.js'
import { popMoment } from '../../../../agent/log/report/pop-moments.js'
import type { PopMoment } from '../../../../agent/log/report/report.js'

const GATEWAY = 'gateway-ord2.goskope.com'

void t.test('what each message says of the tunnel and its POP', async (t) => {
  const cases: [message: string, moment: Omit<PopMoment, 'time'>][] = [
    [`Hostname ${GATEWAY} resolved by EDNS`, { what: 'resolved', method: 'EDNS', gateway: GATEWAY }],
    [`Hostname ${GATEWAY} resolved by LDNS`, { what: 'resolved', method: 'LDNS', gateway: GATEWAY }],
    [`Failed to resolve ${GATEWAY} by EDNS`, { what: 'resolve-failed', method: 'EDNS', gateway: GATEWAY }],
    [
      '[NSClient]: curPop:US-ORD2 modified',
      { what: 'resolved', method: 'GSLB', pop: 'US-ORD2', detail: 'NSClient, another POP' },
    ],
    [
      '[NPA]: curPop:US-ORD2 not modified',
      { what: 'resolved', method: 'GSLB', pop: 'US-ORD2', detail: 'NPA, the POP stays' },
    ],
    [
      '[NSClient]: failed to fetch pops from gslb.goskope.com, err: -2',
      { what: 'resolve-failed', method: 'GSLB', detail: 'NSClient, gslb.goskope.com, error -2' },
    ],
    [
      '[NSClient]: post client rtt pop:US-ORD2 ip:163.116.249.35 rtt:17',
      { what: 'rtt', method: 'GSLB', pop: 'US-ORD2', ip: '163.116.249.35', rtt: 17, detail: 'NSClient' },
    ],
    [`TLS Connecting to ${GATEWAY}:443`, { what: 'connecting', transport: 'TLS', gateway: GATEWAY }],
    [
      `TLS remote host ${GATEWAY} resolved to 8.36.116.35, port 443`,
      { what: 'resolved', transport: 'TLS', gateway: GATEWAY, ip: '8.36.116.35' },
    ],
    [
      `DTLS SSL connected to the gslbgw server: ${GATEWAY}(163.116.249.35):443 successfully`,
      { what: 'connected', transport: 'DTLS', gateway: GATEWAY, ip: '163.116.249.35' },
    ],
    [
      `TLS SSL connected to the server: ${GATEWAY}:443 successfully`,
      { what: 'connected', transport: 'TLS', gateway: GATEWAY },
    ],
    [
      `TLS Tunnel established to gateway: ${GATEWAY}, pop: US-STL1`,
      { what: 'established', transport: 'TLS', gateway: GATEWAY, pop: 'US-STL1' },
    ],
    [
      `DTLS failed to connect to ${GATEWAY}:443, err: 10065`,
      { what: 'connect-failed', transport: 'DTLS', gateway: GATEWAY, detail: 'error 10065' },
    ],
    ['DTLS nsssl_connect failed, err: -1', { what: 'connect-failed', transport: 'DTLS', detail: 'error -1' }],
    ['keepAlive fails with 3 tries', { what: 'keep-alive-failed', detail: '3 tries' }],
    ['TLS received nsssl_closed, tunnel destroyed', { what: 'closed', transport: 'TLS' }],
    [
      'DTLS disconnecting nsTunnel, context = NSTUNNEL_DISCONNECTED_BYUSER',
      { what: 'disconnected', transport: 'DTLS', detail: 'NSTUNNEL_DISCONNECTED_BYUSER' },
    ],
    ['Client is disabled by user', { what: 'disabled', detail: 'by user' }],
    ['Client is enabled by admin', { what: 'enabled', detail: 'by admin' }],
    [
      'Captive portal detected, checker host: a.example, response code: 302',
      { what: 'captive-portal', detail: 'a.example answers 302' },
    ],
    [
      'Captive portal is left, checker host: a.example, response code: 204',
      { what: 'captive-portal', detail: 'left, a.example answers 204' },
    ],
    ['Change in network: source IP 10.0.0.1 -> 10.0.0.2', { what: 'network-changed', detail: '10.0.0.1 -> 10.0.0.2' }],
  ]
  for (const [message, moment] of cases)
    t.strictSame(popMoment(9, recognise(message)!.event), { time: 9, ...moment }, message)
})

void t.test('other messages say nothing of it', async (t) => {
  for (const message of ['Tunnel Up', '[NSClient] Pops fetched begin', 'Current user: ada'])
    t.equal(popMoment(9, recognise(message)!.event), undefined, message)
})
