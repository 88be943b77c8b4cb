/** What `gateway` prints for people. */

import t from 'tap'
import { cloudText } from '../../../scripts/commands/gateway.js'

void t.test('where the parts of a cloud listen', async (t) => {
  const routes = {
    '163.116.133.35:443/tcp': { ip: '127.18.0.1', port: 40_123 },
    '163.116.133.35:80/tcp': { ip: '127.18.0.1', port: 5 },
  }
  const pop = `STANDS FOR              LISTENS AT
163.116.133.35:443/tcp  127.18.0.1:40123
163.116.133.35:80/tcp   127.18.0.1:5
`
  t.equal(cloudText({ routes }), pop, 'POPs only')
  t.equal(
    cloudText({ routes, ldns: { ip: '127.18.1.1', port: 53 } }),
    `${pop}LDNS (UDP and TCP)      127.18.1.1:53\n`,
    'with services',
  )
})
