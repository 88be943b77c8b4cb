import fc from 'fast-check'
import t from 'tap'
import type { OwnedConnection } from '../../../agent/process/owner.js'
import { executablePath, inodeInTable, type SocketTableName, tablesFor } from '../../../agent/process/proc-text.js'

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'

const tcp = `${HEADER}   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 81001 1 0000000000000000 100 0 0 10 0
   1: 0100007F:B5F2 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 81432 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:1F90 0100007F:B5F2 01 00000000:00000000 00:00000000 00000000  1000        0 81433 1 0000000000000000 20 4 30 10 -1
   3: 0100007F:B5F4 0100007F:1F90 06 00000000:00000000 03:000016F4 00000000     0        0 0 3 0000000000000000
`

const tcp6 = `${HEADER}   0: 0000000000000000FFFF00000100007F:C350 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 90001 1 0000000000000000 20 0 0 10 -1
   1: 00000000000000000000000001000000:C351 00280626000000000000000001000000:01BB 01 00000000:00000000 00:00000000 00000000  1000        0 90002 1 0000000000000000 20 0 0 10 -1
`

const udp = `${HEADER}  100: 00000000:1388 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 70001 2 0000000000000000 0
  101: 0100007F:1389 08080808:0035 01 00000000:00000000 00:00000000 00000000  1000        0 70002 2 0000000000000000 0
  102: 0200007F:138A 0100007F:138B 01 00000000:00000000 00:00000000 00000000  1000        0 70003 2 0000000000000000 0
`

function connection(
  transport: 'tcp' | 'udp',
  local: string,
  localPort: number,
  remote: string,
  remotePort: number,
): OwnedConnection {
  return { transport, local: { ip: local, port: localPort }, remote: { ip: remote, port: remotePort } }
}

const cases: readonly (readonly [string, string, SocketTableName, OwnedConnection, number])[] = [
  ['a TCP connection', tcp, 'tcp', connection('tcp', '127.0.0.1', 46_578, '127.0.0.1', 8080), 81_432],
  ['its other end', tcp, 'tcp', connection('tcp', '127.0.0.1', 8080, '127.0.0.1', 46_578), 81_433],
  ['no listener in the place of a connection', tcp, 'tcp', connection('tcp', '127.0.0.1', 8080, '9.9.9.9', 1), 0],
  ['no socket for a connection in TIME_WAIT', tcp, 'tcp', connection('tcp', '127.0.0.1', 46_580, '127.0.0.1', 8080), 0],
  [
    'an IPv4 connection of an IPv6 socket',
    tcp6,
    'tcp6',
    connection('tcp', '127.0.0.1', 50_000, '127.0.0.1', 8080),
    90_001,
  ],
  ['an IPv6 connection', tcp6, 'tcp6', connection('tcp', '::1', 50_001, '2606:2800::1', 443), 90_002],
  ['no IPv6 address in an IPv4 table', tcp, 'tcp', connection('tcp', '::1', 50_001, '2606:2800::1', 443), 0],
  ['an unconnected UDP socket by its port', udp, 'udp', connection('udp', '127.0.0.1', 5000, '8.8.8.8', 53), 70_001],
  ['a connected UDP socket', udp, 'udp', connection('udp', '127.0.0.1', 5001, '8.8.8.8', 53), 70_002],
  [
    'a UDP socket that a redirect led elsewhere',
    udp,
    'udp',
    connection('udp', '127.0.0.1', 5001, '127.0.0.1', 5300),
    70_002,
  ],
  ['no UDP socket by its remote side', udp, 'udp', connection('udp', '127.0.0.1', 5003, '127.0.0.1', 1), 0],
  ['nothing in no text', '', 'udp', connection('udp', '127.0.0.1', 5003, '127.0.0.1', 1), 0],
  ['nothing for what is no address', tcp, 'tcp', connection('tcp', '', 8080, 'box', 1), 0],
]
for (const [what, text, table, asked, inode] of cases) {
  void t.test(`${table} holds ${what}`, async (t) => t.equal(inodeInTable(text, table, asked), inode))
}

void t.test('IPv4 is looked for in both tables, IPv6 in its own', async (t) => {
  t.same(tablesFor(connection('tcp', '1.2.3.4', 1, '1.2.3.4', 2)), ['tcp', 'tcp6'])
  t.same(tablesFor(connection('udp', '::1', 1, '::1', 2)), ['udp6'])
})

void t.test('an executable that was replaced keeps its path', async (t) => {
  t.equal(executablePath('/usr/bin/curl'), '/usr/bin/curl')
  t.equal(executablePath('/usr/bin/curl (deleted)'), '/usr/bin/curl')
})

void t.test('any text gives a number', async () => {
  const asked = connection('udp', '127.0.0.1', 5000, '8.8.8.8', 53)
  const row = fc.constantFrom(': 0100007F:1388 ', ': 00000000:1388 ', '08080808:0035 ', '01 ', '\n', '  7: ')
  const text = fc.array(fc.oneof(row, fc.string()), { maxLength: 20 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, (any) => Number.isSafeInteger(inodeInTable(any, 'udp', asked))),
    { numRuns: 10_000 },
  )
})
