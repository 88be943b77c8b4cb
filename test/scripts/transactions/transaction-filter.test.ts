import t from 'tap'
import { transactionFilter } from '../../../scripts/transactions/transaction-filter.js'
import { TRANSACTION } from '../../support/transactions.js'

void t.test('what passes, and what does not', async (t) => {
  const cases: [filters: Parameters<typeof transactionFilter>[0], passes: boolean, what: string][] = [
    [{}, true, 'nothing asked'],
    [{ user: 'ANNA' }, true, 'a part of the user in any case'],
    [{ user: 'bert' }, false, 'another user'],
    [{ process: 'CUR' }, true, 'a part of the process'],
    [{ process: 'wget' }, false, 'another process'],
    [{ host: 'box.com' }, true, 'a domain and what is below it'],
    [{ host: 'ox.com' }, false, 'not in the middle of a label'],
    [{ host: 'box' }, true, 'a word in the host'],
    [{ host: '' }, false, 'no host'],
    [{ action: 'allow' }, true, 'the action'],
    [{ action: 'block' }, false, 'another action'],
    [{ user: 'anna', host: 'box.com', process: 'curl', action: 'allow' }, true, 'all of it'],
    [{ user: 'anna', host: 'box.com', process: 'curl', action: 'alert' }, false, 'one that does not hold'],
  ]
  for (const [filters, passes, what] of cases) t.equal(transactionFilter(filters)(TRANSACTION), passes, what)
})
