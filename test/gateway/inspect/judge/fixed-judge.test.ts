import t from 'tap'
import { FixedJudge } from '../../../../gateway/inspect/judge/fixed-judge.js'
import { blockedBySetting, NOTSKOPE_RULING } from '../../../../gateway/inspect/judge/ruling.js'
import { CONNECTION, HEAD, judgingWorld } from '../../../support/judged.js'

void t.test(
  'an origin that a setting refuses: each request gets the block page, whatever the policy allows',
  async (t) => {
    const { parts, transactions, settings } = judgingWorld([{ name: 'All', action: 'allow' }])
    const judge = new FixedJudge(
      CONNECTION,
      parts,
      blockedBySetting('selfSigned', 'box.com signed its own certificate.'),
    )
    t.equal(judge.settings, settings)
    t.strictSame(judge.policy.limitsBytes, { upload: [], download: [] }, 'no body is to be counted for a rule')
    for (const target of ['/', '/again']) {
      const exchange = judge.begin({ ...HEAD, target, accept: 'application/json' })
      t.equal(exchange.instead?.status, 403)
      t.match(JSON.parse(String(exchange.instead?.body)), {
        error: 'blocked',
        rule: 'Self-signed certificate (errors.selfSigned)',
        reason: 'box.com signed its own certificate.',
        url: `https://box.com${target}`,
      })
      t.equal(exchange.sent(10_000), undefined)
      exchange.ended('own-answer')
    }
    const line = {
      action: 'refused',
      rule: 'Self-signed certificate (errors.selfSigned)',
      status: 403,
      decrypted: true,
    }
    t.match(transactions, [
      { ...line, url: 'https://box.com/', bytesSent: 10_000 },
      { ...line, url: 'https://box.com/again', id: 'request-2' },
    ])
  },
)

void t.test('notskope.com', async (t) => {
  const { parts, transactions } = judgingWorld([{ name: 'Nothing', action: 'block' }])
  const judge = new FixedJudge({ ...CONNECTION, sni: 'notskope.com' }, parts, NOTSKOPE_RULING)
  const exchange = judge.begin({ ...HEAD, authority: 'notskope.com', accept: 'application/json' })
  t.match(JSON.parse(String(exchange.instead?.body)), { steered: true, pop: 'US-ORD1', requestId: 'request-1' })
  exchange.ended('own-answer')
  t.match(transactions, [{ action: 'allow', rule: 'notskope.com', status: 200, host: 'notskope.com' }])
})

void t.test('no HTTP', async (t) => {
  const { parts, transactions } = judgingWorld()
  t.equal(new FixedJudge(CONNECTION, parts, NOTSKOPE_RULING).refused(400, 'No HTTP.').status, 400)
  t.match(transactions, [{ action: 'refused', why: 'No HTTP.' }])
})
