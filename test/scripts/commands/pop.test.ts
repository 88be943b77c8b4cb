/** What `pop` prints for people. */

import t from 'tap'
import type { AgentPops } from '../../../agent/running-agent.js'
import { popText } from '../../../scripts/commands/pop.js'

const AT = '2026-01-02T03:04:05.000Z'

const TUNNEL: AgentPops['tunnel'] = {
  state: 'connected',
  doing: '',
  transport: 'TLS',
  dtlsFailure: '',
  gateway: 'gateway-ord2.goskope.com',
  ip: '163.116.249.35',
  port: 443,
  pop: 'US-ORD2',
  egressIp: '',
  sessionId: 2,
  flows: 0,
  draining: 0,
  lastEnd: '',
}

const WHY = 'US-ORD2 answers first (8 ms), and US-ORD1 does not answer'

const POPS: AgentPops = {
  failure: null,
  selection: {
    at: AT,
    method: 'gslb',
    egressIp: '198.51.100.7',
    country: 'US',
    pops: [
      {
        name: 'US-ORD1',
        gateway: 'gateway-ord1.goskope.com',
        ip: '163.116.133.35',
        port: 443,
        distance: 15.9,
        rttMs: null,
      },
      { name: 'US-ORD2', gateway: 'gateway-ord2.goskope.com', ip: '163.116.249.35', port: 443, rttMs: 8 },
    ],
    chosen: 'US-ORD2',
    why: WHY,
  },
  switches: [
    { at: AT, from: '', to: 'US-ORD1', ip: '163.116.133.35', method: 'edns', why: 'GSLB is not used' },
    { at: AT, from: 'US-ORD1', to: 'US-ORD2', ip: '163.116.249.35', method: 'gslb', why: WHY },
  ],
  tunnel: TUNNEL,
}

void t.test('POPs, the choice and the switches', async (t) => {
  t.equal(
    popText(POPS),
    `US-ORD2: connected over TLS to gateway-ord2.goskope.com (163.116.249.35:443)
chosen ${AT} by gslb: US-ORD2; ${WHY}
this client is 198.51.100.7 in US

   POP      GATEWAY                   ADDRESS         KM  RTT ms
   US-ORD1  gateway-ord1.goskope.com  163.116.133.35  16  no answer
*  US-ORD2  gateway-ord2.goskope.com  163.116.249.35      8

SINCE                     FROM     TO       ADDRESS         FOUND BY  WHY
${AT}  -        US-ORD1  163.116.133.35  edns      GSLB is not used
${AT}  US-ORD1  US-ORD2  163.116.249.35  gslb      ${WHY}
`,
  )
})

void t.test('a gateway that was found by its name, and nothing more to say of it', async (t) => {
  const selection = { ...POPS.selection!, method: 'dns', chosen: 'gateway-lab.goskope.com', pops: [] } as const
  t.match(popText({ ...POPS, selection, switches: [] }), `)\nchosen ${AT} by dns: gateway-lab.goskope.com; ${WHY}\n`)
})

void t.test('a later look that failed', async (t) => {
  const failure = { at: AT, why: 'the GSLB service failed: no answer' }
  const text = popText({ ...POPS, failure })
  t.match(text, `${WHY}\nit stays, because a look at ${AT} failed: the GSLB service failed: no answer\n`)
  t.notMatch(popText(POPS), 'it stays')
})

void t.test('a later look that failed', async (t) => {
  const failure = { at: AT, why: 'the GSLB service failed: it does not answer' }
  t.match(
    popText({ ...POPS, failure }),
    `${WHY}\nit stays, because a look at ${AT} failed: the GSLB service failed: it does not answer\nthis client is`,
  )
})

void t.test('a tunnel that is not up', async (t) => {
  const tunnel = { ...TUNNEL, state: 'connecting', doing: 'selecting a POP' } as const
  t.equal(popText({ selection: null, failure: null, switches: [], tunnel }), 'no POP: connecting, selecting a POP\n')
  const text = popText({ ...POPS, tunnel })
  t.match(text, /^no POP: connecting, selecting a POP\nchosen /)
  t.notMatch(text, '*', 'none of them is in use')
})

void t.test('of many switches the last ten are shown', async (t) => {
  const [one] = POPS.switches
  const text = popText({ ...POPS, switches: Array.from({ length: 13 }, () => one!) })
  t.equal(text.split(AT).length - 1, 10 + 1)
  t.match(text, /\nand 3 before: --json has them\n$/)
})
