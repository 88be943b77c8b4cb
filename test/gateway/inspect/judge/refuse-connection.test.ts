import t from 'tap'
import { refuseConnection } from '../../../../gateway/inspect/judge/refuse-connection.js'
import { FLOW, judgingWorld, PLAIN } from '../../../support/judged.js'

void t.test('every refusal has its answer in text and its transaction, with the host that is known', async (t) => {
  for (const status of [400, 408, 413, 431] as const) {
    const { parts, transactions } = judgingWorld()
    const { body, headers, ...answer } = refuseConnection(PLAIN, parts, status, 'Two lengths: 5 and 6.')
    t.equal(answer.status, status)
    t.equal(headers['content-type'], 'text/plain; charset=utf-8')
    t.match(String(body), /Two lengths: 5 and 6\.\n/)
    t.match(String(body), /Request id: request-1\n/)
    t.match(transactions, [
      {
        action: 'refused',
        rule: '',
        why: 'Two lengths: 5 and 6.',
        status,
        host: 'box.com',
        id: 'request-1',
        decrypted: true,
      },
    ])
  }
  const { parts, transactions } = judgingWorld()
  refuseConnection({ ...PLAIN, flow: { ...FLOW, host: '' } }, parts, 400, 'No HTTP.')
  t.equal(transactions[0]?.host, FLOW.ip)
})
