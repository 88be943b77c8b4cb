import t from 'tap'
import { clientConfigSchema } from '../../../agent/config/schema/nsconfig.js'
import { exceptionsSchema } from '../../../agent/config/schema/nsexception.js'
import { unknownKeys } from '../../../agent/config/unknown-keys.js'

void t.test('keys no schema knows, wherever they stand', async (t) => {
  const exceptions = {
    names: ['zoom.us'],
    ips: [
      { type: 'ip', value: '10.0.0.1' },
      { type: 'ip', value: '10.0.0.2', note: 1 },
    ],
    on_prem: { names: [], nmaes: [] },
    protocols: {},
    extra: { names: 1 },
  }
  t.strictSame(unknownKeys(exceptionsSchema, exceptions), [['ips', 1, 'note'], ['on_prem', 'nmaes'], ['extra']])
  t.strictSame(unknownKeys(clientConfigSchema, { nsgw: { host: 'g', port: 1 }, failClose: { failclose: '1' } }), [
    ['failClose', 'failclose'],
  ])
  t.strictSame(unknownKeys(exceptionsSchema, { names: [], ips: [] }), [], 'none')
})

void t.test('they are bounded', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, 1]))
  t.equal(unknownKeys(exceptionsSchema, many).length, 100)
  t.equal(unknownKeys(exceptionsSchema, many, 3).length, 3)
})
