import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import t from 'tap'
import { openSockDiag } from '../../../agent/process/netlink.js'
import { type OwnedConnection, type Owner, UNKNOWN_OWNER } from '../../../agent/process/owner.js'
import { ProcOwnerFinder } from '../../../agent/process/owner-finder.js'

/** A namespace of its own for a command; without root a user namespace goes with it. */
const unshare = process.getuid?.() === 0 ? ['unshare', '-n', '--'] : ['unshare', '-r', '-n', '--']

const skip = ((): string | false => {
  try {
    execFileSync(unshare[0]!, [...unshare.slice(1), 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' })
    return false
  } catch {
    return 'network namespaces are not allowed here'
  }
})()

const room = new URL('../../../agent/process/', import.meta.url)

/** The start of a program that runs inside: a server, and `look` which asks both kinds of finder for its next client. */
const prelude = `
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { openSockDiag } from '${new URL('netlink.js', room)}'
import { ProcOwnerFinder } from '${new URL('owner-finder.js', room)}'
execFileSync('ip', ['link', 'set', 'lo', 'up'])
const server = net.createServer()
await once(server.listen(0, '127.0.0.1'), 'listening')
const { port } = server.address()
const connect = \`net.connect(\${port}, '127.0.0.1')\`
const sockDiag = await openSockDiag()
const finders = [new ProcOwnerFinder({ sockDiag, sameNamespaceOnly: true }), new ProcOwnerFinder()]
const look = async () => {
  const [socket] = await once(server, 'connection')
  const local = { ip: '127.0.0.1', port: socket.remotePort }
  const connection = { transport: 'tcp', local, remote: { ip: '127.0.0.1', port } }
  const owners = []
  for (const finder of [...finders, ...finders]) owners.push(await finder.find(connection))
  return { connection, owners }
}
const say = (said) => console.log(JSON.stringify(said))
`

/** Runs a program inside until it has said one thing; `body` looks at that while the program still waits. */
async function insideNamespace<T>(script: string, body: (said: T) => Promise<void>): Promise<void> {
  const args = [...unshare.slice(1), process.execPath, '--input-type=module', '-e', prelude + script]
  const program = spawn(unshare[0]!, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const gone = once(program, 'exit')
  try {
    const [line] = await Promise.race([once(createInterface(program.stdout), 'line'), gone])
    await body(JSON.parse(String(line)) as T)
  } finally {
    program.stdin.end()
    await gone
  }
}

interface Said {
  readonly connection: OwnedConnection
  readonly owners: readonly Owner[]
  readonly pid: number
}

const waitThenStop = `
process.stdin.resume().once('end', () => {
  child.kill('SIGKILL')
  process.exit()
})
`

void t.test('inside another network namespace its own flows are found, from outside they are not', { skip }, (t) =>
  insideNamespace<Said>(
    `
const child = spawn(process.execPath, ['-e', connect])
say({ ...await look(), pid: child.pid })
${waitThenStop}`,
    async ({ connection, owners, pid }) => {
      t.equal(owners.length, 4)
      for (const owner of owners) t.match(owner, { pid, process: /^node/ })
      const sockDiag = await openSockDiag()
      t.same(await new ProcOwnerFinder({ sockDiag }).find(connection), UNKNOWN_OWNER)
      sockDiag?.close()
    },
  ),
)

const notRoot = process.getuid?.() !== 0 && 'only root may leave and enter namespaces at will'

void t.test(
  'a process set aside as foreign is found once it has joined the namespace',
  { skip: skip || notRoot },
  (t) =>
    insideNamespace<Said>(
      `
const first = spawn(process.execPath, ['-e', connect])
// Outside until a line comes, then inside, with the same pid; newer than the first, so the scan meets it before.
const script = 'echo out; read line; exec nsenter -t ' + process.pid + ' -n "$0" -e "$1"'
const child = spawn('nsenter', ['-t', '${process.pid}', '-n', 'sh', '-c', script, process.execPath, connect])
const [[socket]] = await Promise.all([once(server, 'connection'), once(child.stdout, 'data')])
const local = { ip: '127.0.0.1', port: socket.remotePort }
const owners = [await finders[0].find({ transport: 'tcp', local, remote: { ip: '127.0.0.1', port } })]
child.stdin.write('join\\n')
const joined = await look()
say({ ...joined, owners: [...owners, ...joined.owners], pid: child.pid })
first.kill('SIGKILL')
${waitThenStop}`,
      async ({ owners, pid }) => {
        const [first, ...later] = owners
        t.not(first?.pid, pid)
        t.match(first, { process: /^node/ })
        for (const owner of later) t.match(owner, { pid, process: /^node/ })
      },
    ),
)
