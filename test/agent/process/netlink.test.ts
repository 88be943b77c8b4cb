import dgram from 'node:dgram'
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import net from 'node:net'
import t from 'tap'
import { openSockDiag } from '../../../agent/process/netlink.js'
import type { OwnedConnection } from '../../../agent/process/owner.js'
import { ProcTables } from '../../../agent/process/proc-tables.js'
import { startMeetingPoint } from '../../support/socket-owners.js'

const sockDiag = await openSockDiag()
const koffi = await import('koffi').catch(() => undefined)
const skip = koffi === undefined && 'koffi is not installed'
t.teardown(() => sockDiag?.close())

/** The socket inodes this process holds. */
function ownSockets(): Set<number> {
  const links = readdirSync('/proc/self/fd').map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`)
    } catch {
      return ''
    }
  })
  return new Set(links.map((link) => Number(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? 0)).filter((inode) => inode !== 0))
}

void t.test('sock_diag opens where koffi is installed', { skip }, async (t) => t.ok(sockDiag))

for (const ip of ['127.0.0.1', '::1']) {
  void t.test(`both ends of a TCP connection on ${ip} have the inodes that /proc shows`, { skip }, async (t) => {
    const server = net.createServer()
    await once(server.listen(0, ip), 'listening')
    const { port } = server.address() as net.AddressInfo
    const before = ownSockets()
    const client = net.connect(port, ip)
    const [accepted] = (await once(server, 'connection')) as [net.Socket]
    const made = [...ownSockets()].filter((inode) => !before.has(inode))
    const near = { ip, port: accepted.remotePort! }
    const far = { ip, port }
    const asked: OwnedConnection[] = [
      { transport: 'tcp', local: near, remote: far },
      { transport: 'tcp', local: far, remote: near },
    ]
    const found = asked.map((connection) => sockDiag!.inodeOf(connection))
    t.same([...found].sort(), made.sort())
    t.same(
      asked.map((connection) => new ProcTables().inodeOf(connection)),
      found,
      '/proc/net says the same',
    )
    t.equal(
      sockDiag!.inodeOf({ transport: 'tcp', local: far, remote: { ip, port: 1 } }),
      0,
      'the listener is no connection',
    )
    client.destroy()
    accepted.destroy()
    server.close()
  })

  void t.test(`a UDP socket on ${ip} has the inode that /proc shows`, { skip }, async (t) => {
    const before = ownSockets()
    const socket = dgram.createSocket(ip === '::1' ? 'udp6' : 'udp4').bind(0, ip)
    await once(socket, 'listening')
    const made = [...ownSockets()].filter((inode) => !before.has(inode))
    const connection: OwnedConnection = {
      transport: 'udp',
      local: { ip, port: socket.address().port },
      remote: { ip, port: 53 },
    }
    t.same([sockDiag!.inodeOf(connection)], made)
    t.same([new ProcTables().inodeOf(connection)], made, '/proc/net says the same')
    socket.close()
  })
}

for (const transport of ['tcp', 'udp'] as const) {
  void t.test(`an IPv6 ${transport} socket that speaks IPv4 is found by its IPv4 addresses`, { skip }, async (t) => {
    const meeting = await startMeetingPoint()
    const to = '::ffff:127.0.0.1'
    const before = ownSockets()
    const udp = transport === 'udp' ? dgram.createSocket('udp6') : undefined
    udp?.connect(meeting.udpPort, to, () => udp.send('x'))
    const tcp = transport === 'tcp' ? net.connect(meeting.tcpPort, to) : undefined
    const connection = await meeting.next()
    t.equal(connection.local.ip, '127.0.0.1')
    const inode = sockDiag!.inodeOf(connection)
    t.ok(inode !== 0 && ownSockets().has(inode) && !before.has(inode))
    udp?.close()
    tcp?.destroy()
    meeting.close()
  })
}

const nobody: readonly (readonly [string, OwnedConnection])[] = [
  [
    'a port nobody has',
    { transport: 'tcp', local: { ip: '127.0.0.1', port: 1 }, remote: { ip: '127.0.0.1', port: 2 } },
  ],
  ['addresses of two kinds', { transport: 'tcp', local: { ip: '127.0.0.1', port: 1 }, remote: { ip: '::1', port: 2 } }],
  ['what is no address', { transport: 'udp', local: { ip: '', port: 1 }, remote: { ip: 'box', port: 2 } }],
]
for (const [what, connection] of nobody) {
  void t.test(`${what} has no inode`, { skip }, async (t) => t.equal(sockDiag!.inodeOf(connection), 0))
}

void t.test('a closed look-up finds nothing, and may be closed again', { skip }, async (t) => {
  const closed = (await openSockDiag())!
  closed.close()
  closed.close()
  t.equal(closed.inodeOf(nobody[0]![1]), 0)
})
