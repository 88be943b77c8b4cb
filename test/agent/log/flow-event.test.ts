/** One verdict, one event, none, or the pair of a pinned app in tunnel mode. */

import t from 'tap'
import type { LogEvent } from '../../../agent/log/event.js'
import { flowEvents } from '../../../agent/log/flow-event.js'
import type { FlowFacts, Verdict } from '../../../agent/steering/flow.js'

const source = { ip: '100.64.0.1', port: 50001 }
const destination = { ip: '74.112.186.144', port: 443 }
const facts: FlowFacts = { transport: 'tcp', source, destination, host: 'box.com', process: 'curl', sniffed: 'tls' }
const decided = { rule: { file: 'built-in', path: '$' }, reason: 'a test' } as const
const named = { process: 'curl', host: 'box.com' }

const CASES: readonly [why: string, verdict: Verdict, ...events: LogEvent[]][] = [
  [
    'steered web traffic',
    { ...decided, action: 'tunnel', via: 'nsProxy' },
    { type: 'flow-tunneled', transport: 'TLS', sessionId: 7, source, destination, ...named, via: 'nsProxy' },
  ],
  [
    'steered for the firewall',
    { ...decided, action: 'tunnel', via: 'app-fw' },
    { type: 'flow-tunneled', transport: 'TLS', sessionId: 7, source, destination, ...named, via: 'app-fw' },
  ],
  ['a blocked app', { ...decided, action: 'block', kind: 'pinned' }, { type: 'drop-pinned', ...named }],
  [
    'blocked UDP',
    { ...decided, action: 'block', kind: 'udp' },
    { type: 'block-udp', process: 'curl', source, destination },
  ],
  [
    'an exception host',
    { ...decided, action: 'bypass', kind: 'exception-host' },
    { type: 'bypass-exception-host', ...named, ...destination },
  ],
  [
    'an exception address',
    { ...decided, action: 'bypass', kind: 'exception-ip' },
    { type: 'bypass-exception-ip', ip: '74.112.186.144' },
  ],
  ['a pinned app', { ...decided, action: 'bypass', kind: 'pinned' }, { type: 'bypass-pinned', ...named }],
  [
    'a private address',
    { ...decided, action: 'bypass', kind: 'private-ip' },
    { type: 'bypass-private-ip', ...named, ...destination },
  ],
  ['what is not steered at all', { ...decided, action: 'bypass', kind: 'not-steered' }],
  ['behind a captive portal', { ...decided, action: 'bypass', kind: 'captive-portal' }],
  ['a client that is disabled', { ...decided, action: 'bypass', kind: 'client-disabled' }],
  [
    'a pinned app in tunnel mode: the pair',
    { ...decided, action: 'tunnel', via: 'nsProxy', exempt: 'pinned' },
    { type: 'bypass-pinned-tunnel', ...named },
    { type: 'flow-tunneled', transport: 'TLS', sessionId: 7, source, destination, ...named, via: 'nsProxy' },
  ],
]

void t.test('the event of every verdict', async (t) => {
  for (const [why, verdict, ...events] of CASES)
    t.strictSame(flowEvents(facts, verdict, { transport: 'TLS', sessionId: 7 }), events, why)
})

void t.test('a host and a program nobody knows stay as they are', async (t) => {
  const unknown = { ...facts, host: '', process: 'unknown' }
  const verdict: Verdict = { ...decided, action: 'tunnel', via: 'nsProxy' }
  t.match(flowEvents(unknown, verdict, { transport: 'TLS', sessionId: 1 }), [{ host: '', process: 'unknown' }])
})
