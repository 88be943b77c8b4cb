/** What `gateway` prints for people. */

import t from 'tap'
import { DEFAULT_POP_TABLE } from '../../../gateway/pops/default-pops.js'
import { cloudText } from '../../../scripts/commands/gateway.js'

void t.test('where the parts of a cloud listen, and what they are', async (t) => {
  const routes = {
    '163.116.133.35:443/tcp': { ip: '127.18.0.1', port: 40_123 },
    '8.8.8.8:443/tcp': { ip: '127.18.1.1', port: 5 },
  }
  const { pops } = DEFAULT_POP_TABLE
  const rows = `WHAT            STANDS FOR              LISTENS AT
US-ORD1         163.116.133.35:443/tcp  127.18.0.1:40123
DNS over HTTPS  8.8.8.8:443/tcp         127.18.1.1:5
`
  t.equal(cloudText({ routes }, pops), rows)
  t.equal(
    cloudText({ routes, ldns: { ip: '127.18.1.1', port: 53 } }, pops),
    `${rows}local DNS       UDP and TCP             127.18.1.1:53\n`,
    'with the resolver',
  )
  const foreign = { '192.0.2.1:443/udp': { ip: '127.18.0.9', port: 7 } }
  t.match(cloudText({ routes: foreign }, pops), /^ +192\.0\.2\.1:443\/udp/m, 'what nobody knows has no name')
})
