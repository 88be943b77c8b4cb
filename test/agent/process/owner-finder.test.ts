import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import t, { type Test } from 'tap'
import { openSockDiag } from '../../../agent/process/netlink.js'
import { UNKNOWN_OWNER } from '../../../agent/process/owner.js'
import { ProcOwnerFinder } from '../../../agent/process/owner-finder.js'
import { type MeetingPoint, startMeetingPoint, startProgram } from '../../support/socket-owners.js'

const NODE = realpathSync(process.execPath)

const sockDiag = await openSockDiag()
const meeting = await startMeetingPoint()
t.teardown(() => {
  sockDiag?.close()
  meeting.close()
})

const finders: readonly (readonly [string, ProcOwnerFinder, string | false])[] = [
  ['sock_diag', new ProcOwnerFinder({ sockDiag }), sockDiag === undefined && 'koffi is not installed'],
  ['/proc/net', new ProcOwnerFinder(), false],
  ['its own namespace only', new ProcOwnerFinder({ sockDiag, sameNamespaceOnly: true }), false],
]

function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A node program that opens one socket and keeps it. */
const clients: readonly (readonly [string, (meeting: MeetingPoint) => string])[] = [
  ['TCP over IPv4', ({ tcpPort }) => `net.connect(${tcpPort}, '127.0.0.1')`],
  ['TCP over IPv6', ({ tcpPort }) => `net.connect(${tcpPort}, '::1')`],
  ['TCP over IPv4 from an IPv6 socket', ({ tcpPort }) => `net.connect(${tcpPort}, '::ffff:127.0.0.1')`],
  ['UDP over IPv4', ({ udpPort }) => `dgram.createSocket('udp4').send('x', ${udpPort}, '127.0.0.1')`],
  ['UDP over IPv6', ({ udpPort }) => `dgram.createSocket('udp6').send('x', ${udpPort}, '::1')`],
  [
    'UDP over IPv4 from an IPv6 socket',
    ({ udpPort }) => `dgram.createSocket('udp6').send('x', ${udpPort}, '::ffff:127.0.0.1')`,
  ],
  [
    'connected UDP over IPv4',
    ({ udpPort }) => `const s = dgram.createSocket('udp4'); s.connect(${udpPort}, '127.0.0.1', () => s.send('x'))`,
  ],
  [
    'connected UDP over IPv6',
    ({ udpPort }) => `const s = dgram.createSocket('udp6'); s.connect(${udpPort}, '::1', () => s.send('x'))`,
  ],
]

for (const [how, finder, skip] of finders) {
  for (const [what, script] of clients) {
    void t.test(`the owner of ${what} is found through ${how}`, { skip }, async (t) => {
      const program = startProgram(NODE, '-e', script(meeting))
      const connection = await meeting.next()
      const owner = { pid: program.child.pid, process: path.basename(NODE), executable: NODE }
      t.same(await finder.find(connection), owner)
      t.same(await finder.find(connection), owner, 'and again')
      const elsewhere = { ...connection.local, port: connection.local.port === 1 ? 2 : 1 }
      t.same(await finder.find({ ...connection, local: elsewhere }), UNKNOWN_OWNER, 'its neighbour is nobody')
      await program.stop()
      t.same(await finder.find(connection), UNKNOWN_OWNER, 'gone')
    })
  }

  void t.test(`a program that exits while it is looked for is unknown (${how})`, { skip }, async (t) => {
    const program = startProgram(NODE, '-e', `net.connect(${meeting.tcpPort}, '127.0.0.1')`)
    const connection = await meeting.next()
    program.child.kill('SIGKILL')
    for (let look = 0; look < 50; look += 1) {
      const owner = await finder.find(connection)
      if (owner.pid !== program.child.pid) t.same(owner, UNKNOWN_OWNER)
      await new Promise(setImmediate)
    }
    await program.stop()
    t.same(await finder.find(connection), UNKNOWN_OWNER)
  })
}

const finder = new ProcOwnerFinder({ sockDiag })

async function ownerOf(t: Test, command: string, ...args: string[]): Promise<Awaited<ReturnType<typeof finder.find>>> {
  const program = startProgram(command, ...args)
  t.teardown(program.stop)
  return finder.find(await meeting.next())
}

void t.test('curl is curl', { skip: !has('curl') && 'curl is not installed' }, async (t) => {
  const owner = await ownerOf(t, 'curl', '-s', `http://127.0.0.1:${meeting.tcpPort}/`)
  t.match(owner, { process: 'curl', executable: /\/curl$/ })
})

void t.test('an interpreter keeps its own name', { skip: !has('python3') && 'python3 is not installed' }, async (t) => {
  const script = `import socket, time; s = socket.create_connection(("127.0.0.1", ${meeting.tcpPort})); time.sleep(60)`
  t.match(await ownerOf(t, 'python3', '-c', script), { process: /^python3(\.\d+)?$/ })
})

const noBash = !has('bash') && 'bash is not installed'

void t.test('a program replaced on disk keeps its name', { skip: noBash }, async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'owner-finder-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const copy = path.join(folder, 'replaced-shell')
  copyFileSync(realpathSync(execFileSync('sh', ['-c', 'command -v bash'], { encoding: 'utf8' }).trim()), copy)
  chmodSync(copy, 0o700)
  // It waits for bytes that never come: a sleep would be another program with the same socket, as rm would be.
  const script = `exec 3<>/dev/tcp/127.0.0.1/${meeting.tcpPort}; rm ${copy} 3>&-; read -u 3`
  const program = startProgram(copy, '-c', script)
  t.teardown(program.stop)
  const connection = await meeting.next()
  while (!readlinkSync(`/proc/${program.child.pid}/exe`).endsWith('(deleted)')) await new Promise(setImmediate)
  t.same(await finder.find(connection), { pid: program.child.pid, process: 'replaced-shell', executable: copy })
})

void t.test('a process that becomes another program is named after that one', { skip: noBash }, async (t) => {
  const program = startProgram('bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${meeting.tcpPort}; exec sleep 60`)
  t.teardown(program.stop)
  const connection = await meeting.next()
  await finder.find(connection)
  while (!readlinkSync(`/proc/${program.child.pid}/exe`).includes('sleep')) await new Promise(setImmediate)
  t.match(await finder.find(connection), { pid: program.child.pid, process: /^(sleep|coreutils|busybox)$/ })
})
