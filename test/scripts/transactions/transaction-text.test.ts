import t from 'tap'
import type { Transaction } from '../../../gateway/inspect/transaction.js'
import { TRANSACTION_HEADING, transactionText } from '../../../scripts/transactions/transaction-text.js'
import { TRANSACTION } from '../../support/transactions.js'

void t.test('a table that grows', async (t) => {
  const bypassed: Transaction = {
    ...TRANSACTION,
    action: 'bypass',
    rule: 'doNotDecrypt.hosts *.box.com',
    decrypted: false,
    notDecrypted: 'do-not-decrypt',
    method: undefined,
    url: undefined,
    status: undefined,
  }
  const blocked: Transaction = { ...TRANSACTION, action: 'block', rule: 'No box', status: 403, process: 'chrome.exe' }
  t.equal(
    TRANSACTION_HEADING + [TRANSACTION, bypassed, blocked].map(transactionText).join(''),
    `TIME                      ACTION   STATUS  METHOD   URL                                                           PROCESS          RULE
2026-11-24T08:00:00.005Z  allow    200     GET      https://www.box.com/files                                     curl             -
2026-11-24T08:00:00.005Z  bypass   -       -        www.box.com (74.112.186.144:443)                              curl             doNotDecrypt.hosts *.box.com; not decrypted: do-not-decrypt
2026-11-24T08:00:00.005Z  block    403     GET      https://www.box.com/files                                     chrome.exe       No box
`,
  )
})

void t.test('the last column: what decided, why it was not decrypted, what went wrong', async (t) => {
  const cases: [differs: Partial<Transaction>, rule: string][] = [
    [{}, '-'],
    [{ rule: 'Watch', action: 'alert' }, 'Watch'],
    [{ action: 'failed', why: 'It reset.' }, 'It reset.'],
    [{ action: 'failed', rule: 'Watch', why: 'It reset.' }, 'Watch; It reset.'],
    [{ action: 'refused', why: 'Two lengths.' }, 'Two lengths.'],
    [{ action: 'refused', rule: 'errors.selfSigned', why: 'Long words.' }, 'errors.selfSigned'],
    [{ decrypted: false, notDecrypted: 'exempt', action: 'bypass' }, 'not decrypted: exempt'],
  ]
  for (const [differs, rule] of cases) {
    const cells = transactionText({ ...TRANSACTION, ...differs })
      .trimEnd()
      .split(/ {2,}/)
    t.equal(cells.at(-1), rule)
  }
})

void t.test('long URLs are cut, and nothing moves the cursor', async (t) => {
  const url = `https://www.box.com/${'x'.repeat(2000)}`
  t.match(transactionText({ ...TRANSACTION, url }), / https:\/\/www\.box\.com\/x+\.\.\. {2}curl /)
  const text = transactionText({ ...TRANSACTION, url: 'https://x/\u001b[2J\n\u202e', process: 'a\tb\rc' })
  t.notMatch(text.slice(0, -1), /\p{C}/u)
  t.match(transactionText({ ...TRANSACTION, url: undefined, host: '' }), / 74\.112\.186\.144:443 /)
})
