import t from 'tap'
import type { ChangedFlow, DisagreeingFlow, WhatIf } from '../../../agent/log/replay/what-if.js'
import { whatIfText } from '../../../scripts/logs/whatif-text.js'

const TIME = Date.UTC(2026, 10, 2, 8, 0, 0) * 1000

const CHANGED: ChangedFlow = {
  process: 'curl',
  host: 'a.example',
  ip: '192.0.2.1',
  port: 443,
  transport: 'tcp',
  assumed: [],
  count: 1200,
  first: TIME,
  last: TIME + 5_900_000,
  before: {
    outcome: { action: 'bypass', kind: 'exception-host' },
    rule: { file: 'nsexception.json', path: '$.names[0]', text: 'a.example' },
    reason: '',
  },
  after: {
    outcome: { action: 'tunnel', via: 'nsProxy' },
    rule: { file: 'nssteering.json', path: '$.traffic_mode', text: 'all' },
    reason: '',
  },
}

const NOTHING: WhatIf = {
  comparedWith: 'log',
  totals: { flows: 0, distinct: 0, changed: 0, otherRule: 0, untold: 0, disagreeing: 0, assumed: 0, omitted: 0 },
  time: undefined,
  changes: [],
  disagreements: [],
}

const text = (answer: Partial<WhatIf>, before?: string, limit = 9) =>
  whatIfText({ ...NOTHING, ...answer }, { after: 'new', before, limit })

void t.test('nothing changes', async (t) => {
  t.equal(
    text({ totals: { ...NOTHING.totals, flows: 1234, distinct: 7 }, time: { first: TIME, last: TIME } }),
    `flows                       1,234, 7 distinct, 2026-11-02 08:00:00 to 2026-11-02 08:00:00
before                      what the log says
after                       new
changed                     0
as before, by another rule  0

Flows outside what is steered are in no log, nor is what a DNS query asked: neither can be replayed.
`,
  )
})

void t.test('changes with their rules, and disagreements of the log', async (t) => {
  const quic: ChangedFlow = {
    ...CHANGED,
    host: '',
    ip: '',
    assumed: ['address', 'port'],
    count: 1,
    before: { outcome: { action: 'tunnel' } },
    after: {
      outcome: { action: 'block', kind: 'udp' },
      rule: { file: 'built-in', path: 'udp-443', text: '' },
      reason: '',
    },
  }
  const disagreeing: DisagreeingFlow = { ...CHANGED, count: 1, logged: 'pinned-direct', before: CHANGED.after }
  const totals = { ...NOTHING.totals, changed: 1201, otherRule: 2, untold: 3, disagreeing: 1, omitted: 4 }
  t.equal(
    text({ totals, changes: [CHANGED, quic], disagreements: [disagreeing] }, 'old'),
    `flows                       0, 0 distinct
before                      old
after                       new
changed                     1,201
as before, by another rule  2
tunnelled, now exempt       3; whether they were before, a log does not say: --old
log says otherwise          1

COUNT  CHANGE
1,200  bypass exception-host -> tunnel nsProxy
1      tunnel -> block udp

COUNT  FIRST                LAST                 PROCESS  HOST       DESTINATION        BEFORE                                                         AFTER
1,200  2026-11-02 08:00:00  2026-11-02 08:00:05  curl     a.example  192.0.2.1 443/tcp  bypass exception-host (nsexception.json $.names[0] a.example)  tunnel nsProxy (nssteering.json $.traffic_mode all)
1      2026-11-02 08:00:00  2026-11-02 08:00:05  curl     -          ~? 443/tcp         tunnel                                                         block udp (udp-443)

Of these the log says something else than old: the log is of another configuration, or a rule is read differently here.
COUNT  FIRST                LAST                 PROCESS  HOST       DESTINATION        LOG            CONFIGURATION
1      2026-11-02 08:00:00  2026-11-02 08:00:05  curl     a.example  192.0.2.1 443/tcp  bypass pinned  tunnel nsProxy (nssteering.json $.traffic_mode all)

~ is not in the line of the flow: it is concluded from other lines, or not known.
4 flows beyond the most distinct ones that are kept are left out.
Flows outside what is steered are in no log, nor is what a DNS query asked: neither can be replayed.
`,
  )
})

void t.test('no more rows than asked for', async (t) => {
  const answer = text({ changes: [CHANGED, CHANGED, CHANGED] }, undefined, 1)
  t.match(answer, '... and 2 more; --limit shows more, --json all\n')
  t.equal(answer.split('a.example  192.0.2.1').length, 2)
  t.notMatch(text({ changes: [CHANGED] }, undefined, 1), 'more')
})

void t.test('an entry that is an object is called by its name', async (t) => {
  const called = (entry: object | string) => {
    const ruled = typeof entry === 'string' ? entry : JSON.stringify(entry)
    const after = { ...CHANGED.after, rule: { file: 'nsbypass.json', path: '$.x', text: ruled } } as const
    return /\(nsbypass\.json \$\.x (.*)\)/.exec(text({ changes: [{ ...CHANGED, after }] }))?.[1]
  }
  t.equal(called({ type: 'ip', value: '192.0.2.0/24' }), '192.0.2.0/24')
  t.equal(called({ appName: 'App', processName: 'app.exe' }), 'app.exe')
  t.equal(called({ name: 'Finance', domains: [] }), 'Finance')
  t.equal(called({ other: 1 }), '{"other":1}')
  t.equal(called('x'.repeat(100)), `${'x'.repeat(60)}...`)
})

void t.test('what a log holds cannot move the cursor', async (t) => {
  t.match(text({ changes: [{ ...CHANGED, process: 'a\u001b[2J' }] }), 'a?[2J ')
  t.match(
    text({ changes: [{ ...CHANGED, process: 'unknown', assumed: ['process', 'host'] }] }),
    /05 {2}- {8}~a\.example/,
  )
})
