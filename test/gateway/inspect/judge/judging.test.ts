import t from 'tap'
import { Judging } from '../../../../gateway/inspect/judge/judging.js'
import { CONNECTION, FLOW, HEAD, judgingWorld, PLAIN } from '../../../support/judged.js'

const BLOCK_BOX = [{ name: 'No box', action: 'block', hosts: ['box.com'] }]

void t.test('a request that is allowed, and its transaction', async (t) => {
  const { parts, transactions, settings, policy } = judgingWorld()
  const judge = new Judging(CONNECTION, parts)
  t.equal(judge.connection, CONNECTION)
  t.equal(judge.settings, settings)
  t.equal(judge.policy, policy)
  const exchange = judge.begin(HEAD)
  t.equal(exchange.instead, undefined)
  t.match(exchange.verdict, { action: 'allow', rule: '' })
  t.equal(exchange.answered({ status: 200, contentType: 'Text/HTML; charset=utf-8', bytes: 30 }), undefined)
  t.equal(exchange.sent(3), undefined)
  t.ok(exchange.received(10))
  t.ok(exchange.received(20))
  t.strictSame(transactions, [], 'nothing is written before the end')
  exchange.ended('done')
  t.strictSame(transactions, [
    {
      time: '2026-11-24T08:00:00.005Z',
      id: 'request-1',
      user: 'anna@example.com',
      device: 'LAPTOP-7',
      process: 'curl',
      host: 'box.com',
      destination: '74.112.186.144:443',
      source: '10.0.0.7:50123',
      pop: 'US-ORD1',
      session: 3,
      action: 'allow',
      rule: '',
      why: 'No rule of the policy matches.',
      decrypted: true,
      category: 'Cloud Storage',
      protocol: 'http/1.1',
      method: 'GET',
      url: 'https://box.com/files/a?b=c',
      status: 200,
      contentType: 'text/html',
      bytesSent: 3,
      bytesReceived: 30,
      durationMs: 7,
      tlsVersion: 'TLSv1.3',
    },
  ])
})

void t.test('a blocked request gets the block page, in the form it asks for', async (t) => {
  const { parts, transactions } = judgingWorld(BLOCK_BOX)
  const exchange = new Judging(CONNECTION, parts).begin({ ...HEAD, accept: 'application/json' })
  t.equal(exchange.instead?.status, 403)
  t.match(JSON.parse(String(exchange.instead?.body)), {
    error: 'blocked',
    rule: 'No box',
    user: 'anna@example.com',
    category: 'Cloud Storage',
    requestId: 'request-1',
  })
  exchange.ended('own-answer')
  t.match(transactions, [{ action: 'block', rule: 'No box', status: 403, contentType: 'application/json' }])
})

void t.test('without TLS the policy goes by the Host, and by the host that the agent knows', async (t) => {
  const { parts } = judgingWorld(BLOCK_BOX, { domainFronting: 'block' })
  const cases: [known: string, authority: string, status: number | undefined, what: string][] = [
    ['box.com', 'box.com', 403, 'both are blocked'],
    ['other.example', 'box.com', 403, 'the Host is blocked'],
    ['box.com', 'other.example', 403, 'the host the agent knows is blocked'],
    ['box.com', 'no host', 403, 'no host: what the agent says'],
    ['zoom.us', 'other.example', undefined, 'neither: there is no fronting without TLS'],
    ['', 'other.example', undefined, 'the agent knows none'],
    ['', 'box.com', 403, 'the agent knows none, and the Host is blocked'],
  ]
  for (const [known, authority, status, what] of cases) {
    const judge = new Judging({ ...PLAIN, flow: { ...FLOW, host: known } }, parts)
    t.equal(judge.begin({ ...HEAD, authority }).instead?.status, status, what)
  }
})

void t.test('domain fronting: another host than TLS was made for', async (t) => {
  const covered = (host: string) => host === 'www.box.com'
  const cases: [authority: string, sni: string, names: ((host: string) => boolean) | undefined, fronted: boolean][] = [
    ['box.com', 'box.com', undefined, false],
    ['BOX.com:443', 'box.com.', covered, false],
    ['', 'box.com', covered, false],
    ['www.box.com', 'box.com', covered, false],
    ['www.box.com', 'box.com', undefined, true],
    ['evil.example', 'box.com', covered, true],
    ['192.0.2.7', 'box.com', covered, true],
    ['evil.example', '', covered, false],
  ]
  for (const [authority, sni, certificateNames, fronted] of cases)
    for (const setting of ['bypass', 'block'] as const) {
      const { parts, transactions } = judgingWorld([], { domainFronting: setting })
      const judge = new Judging({ ...CONNECTION, sni }, certificateNames ? { ...parts, certificateNames } : parts)
      const exchange = judge.begin({ ...HEAD, authority })
      exchange.ended(exchange.instead === undefined ? 'done' : 'own-answer')
      const expected = {
        bypass: ['allow', 'domain-fronting'],
        block: ['refused', 'Domain fronting (errors.domainFronting)'],
      }
      const [action, rule] = fronted ? expected[setting] : ['allow', '']
      t.match(transactions, [{ action, rule }], `${authority} within TLS for "${sni}", ${setting}`)
      t.equal(exchange.instead?.status, fronted && setting === 'block' ? 403 : undefined)
    }
})

void t.test('what is fronted is judged for both hosts, and the stricter verdict holds', async (t) => {
  const block = { name: 'Block', action: 'block' }
  const alert = { name: 'Alert', action: 'alert' }
  const allow = { name: 'Allow', action: 'allow' }
  const [front, inner] = [{ hosts: ['box.com'] }, { hosts: ['evil.example'] }]
  const cases: [rules: object[], action: string, rule: string, what: string][] = [
    [[], 'allow', 'domain-fronting', 'no rule'],
    [[{ ...block, hosts: ['other.example'] }], 'allow', 'domain-fronting', 'a rule about neither'],
    [[{ ...block, ...front }], 'block', 'Block', 'the host of TLS is blocked'],
    [[{ ...block, categories: ['Cloud Storage'] }], 'block', 'Block', 'its category is'],
    [[{ ...block, ...inner }], 'block', 'Block', "the request's host is blocked"],
    [[{ ...block, categories: ['uncategorized'] }], 'block', 'Block', 'its category is'],
    [[{ ...allow, ...inner }, block], 'block', 'Block', "a rule that allows the request's host does not free it"],
    [[{ ...allow, ...front }, block], 'block', 'Block', 'nor one that allows the other'],
    [
      [
        { ...alert, ...front },
        { ...allow, ...inner },
      ],
      'alert',
      'Alert',
      'an alert goes before an allowance',
    ],
    [
      [
        { ...alert, ...inner },
        { ...block, ...front },
      ],
      'block',
      'Block',
      'and a block before an alert',
    ],
    [
      [
        { ...alert, ...inner },
        { ...alert, ...front, name: 'Box' },
      ],
      'alert',
      'Alert',
      "of equals the request's own",
    ],
    [[{ ...allow, ...inner }], 'allow', 'Allow', 'a rule that allows it is named'],
    [[{ ...block, ...front, minBytes: 10 }], 'allow', 'domain-fronting', 'not all conditions hold'],
  ]
  for (const [rules, action, rule, what] of cases) {
    const { parts, transactions } = judgingWorld(rules)
    const exchange = new Judging(CONNECTION, parts).begin({ ...HEAD, authority: 'evil.example' })
    exchange.ended(exchange.instead === undefined ? 'done' : 'own-answer')
    t.match(transactions, [{ action, rule, host: 'evil.example', category: 'uncategorized' }], what)
    t.equal(exchange.instead?.status, action === 'block' ? 403 : undefined, what)
  }
})

void t.test('what is fronted is judged for both hosts later, too', async (t) => {
  for (const [hosts, page] of [
    [['box.com'], 403],
    [['evil.example'], 403],
    [['other.example'], undefined],
  ] as const) {
    const { parts, transactions } = judgingWorld([
      { name: 'Up', action: 'block', hosts, minBytes: 10 },
      { name: 'Down', action: 'block', hosts, direction: 'download', contentTypes: ['video/*'] },
      { name: 'Long', action: 'block', hosts, direction: 'download', minBytes: 10 },
    ])
    const judge = new Judging(CONNECTION, parts)
    const begin = () => judge.begin({ ...HEAD, authority: 'evil.example', bytes: undefined })
    const [up, down, long, ...growing] = [begin(), begin(), begin(), begin()]
    t.equal(up.sent(9), undefined)
    t.equal(up.sent(1)?.status, page, `${hosts}: a request that grows`)
    t.equal(down.answered({ status: 200, contentType: 'video/mp4', bytes: 1 })?.status, page, 'the type of an answer')
    t.equal(long.answered({ status: 200, contentType: '', bytes: 10 })?.status, page, 'its size')
    for (const exchange of growing) {
      t.equal(exchange.answered({ status: 200, contentType: '', bytes: undefined }), undefined)
      t.equal(exchange.received(9), true)
      t.equal(exchange.received(1), page === undefined, 'an answer that grows')
    }
    for (const exchange of [up, down, long, ...growing]) exchange.ended('done')
    const blocked = ['Up', 'Down', 'Long', 'Long']
    const rules = page === undefined ? blocked.map(() => 'domain-fronting') : blocked
    t.strictSame(
      transactions.map(({ rule }) => rule),
      rules,
    )
  }
})

void t.test('a request for the host of the connection is judged once', async (t) => {
  for (const [authority, times] of [
    ['box.com', 1],
    ['www.box.com', 1],
    ['evil.example', 2],
  ] as const) {
    const { parts, policy } = judgingWorld([])
    const asked: string[] = []
    const decide: typeof policy.decide = (direction, facts) => {
      asked.push(facts.host)
      return policy.decide(direction, facts)
    }
    const counting = {
      ...parts,
      policy: () => ({ ...policy, decide }),
      certificateNames: (h: string) => h.endsWith('box.com'),
    }
    new Judging(CONNECTION, counting).begin({ ...HEAD, authority })
    t.strictSame(asked, [authority, 'box.com'].slice(0, times))
  }
})

void t.test('a client that speaks no HTTP is refused, and that is written at once', async (t) => {
  const { parts, transactions } = judgingWorld()
  const judge = new Judging({ ...CONNECTION, flow: { ...FLOW, host: 'known.example' } }, parts)
  t.equal(judge.exchanges, 0)
  const answer = judge.refused(431, 'The headers are longer than 64 KiB.')
  t.equal(answer.status, 431)
  t.match(String(answer.body), /The headers are longer than 64 KiB/)
  t.match(transactions, [
    { action: 'refused', status: 431, host: 'box.com', why: 'The headers are longer than 64 KiB.', id: 'request-1' },
  ])
  judge.begin(HEAD)
  t.equal(judge.exchanges, 2, 'refused ones count too')
})

void t.test('the policy of the moment: a new one holds for the next request', async (t) => {
  const { parts } = judgingWorld()
  let policy = parts.policy()
  const judge = new Judging(CONNECTION, { ...parts, policy: () => policy })
  const before = judge.begin(HEAD)
  policy = judgingWorld([{ name: 'Down', action: 'block', direction: 'download' }]).policy
  t.equal(before.answered({ status: 200, contentType: '', bytes: 1 }), undefined)
  t.equal(judge.begin(HEAD).answered({ status: 200, contentType: '', bytes: 1 })?.status, 403)
})
