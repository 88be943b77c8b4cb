/** `fault`: what a command line asks for, and what holds, in words. */

import t from 'tap'
import type { StandingFault } from '../../../gateway/faults/fault-board.js'
import { faultRequest, faultsText, inWords, nameOf } from '../../../scripts/commands/fault.js'

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)

const LASTING: StandingFault = { service: 'gslb', fault: { kind: 'time-out' }, until: null }
const PASSING: StandingFault = {
  pop: 'US-ORD1',
  fault: { kind: 'rtt', ms: 300 },
  until: new Date(NOW + 11_200).toISOString(),
}

void t.test('what a command line means', async (t) => {
  const cases: readonly [line: string, request: object][] = [
    ['', { list: true }],
    ['clear', { clear: true }],
    ['clear gslb', { clear: { service: 'gslb' } }],
    ['clear pop US-ORD1', { clear: { pop: 'US-ORD1' } }],
    ['pop US-ORD1 down', { pop: 'US-ORD1', words: ['down'] }],
    ['pop US-ORD1 rtt 300', { pop: 'US-ORD1', words: ['rtt', '300'] }],
    ['pop US-ORD1', { pop: 'US-ORD1', words: [] }],
    ['doh slow 300', { service: 'doh', words: ['slow', '300'] }],
    ['checker portal', { service: 'checker', words: ['portal'] }],
    ['ldns', { service: 'ldns', words: [] }],
  ]
  for (const [line, request] of cases)
    t.strictSame(faultRequest(line.split(' ').filter(Boolean), undefined), request, line || 'nothing')
  t.strictSame(faultRequest(['addon', 'refuse'], 2000), { service: 'addon', words: ['refuse'], forMs: 2000 })
  t.strictSame(faultRequest(['pop', 'US-ORD1', 'loss'], 2000), { pop: 'US-ORD1', words: ['loss'], forMs: 2000 })
})

void t.test('mistakes', async (t) => {
  for (const line of ['gateway refuse', 'GSLB refuse', 'US-ORD1 down'])
    t.throws(() => faultRequest(line.split(' '), undefined), { code: 'bad-fault', exitCode: 2 }, line)
  t.throws(() => faultRequest(['pop'], undefined), { message: /^Which POP\?/, exitCode: 2 })
  for (const line of ['clear gslb doh', 'clear pop US-ORD1 US-ORD2', 'clear pop', 'clear US-ORD1'])
    t.throws(
      () => faultRequest(line.split(' '), undefined),
      { message: /^clear takes nothing, gslb, /, exitCode: 2 },
      line,
    )
  t.throws(() => faultRequest(['clear'], 2000), { message: /takes no --for/, exitCode: 2 })
})

void t.test('what holds', async (t) => {
  t.equal(faultsText([], NOW), 'nothing is faulty\n')
  t.equal(
    faultsText([LASTING, PASSING], NOW),
    'WHAT         FAULT\ngslb         time-out\npop US-ORD1  rtt 300, for 12 s more\n',
  )
  t.equal(nameOf(LASTING), 'gslb')
  t.equal(nameOf(PASSING), 'pop US-ORD1')
  t.equal(inWords(PASSING, NOW + 60_000), 'rtt 300, for 0 s more', 'never less')
})
