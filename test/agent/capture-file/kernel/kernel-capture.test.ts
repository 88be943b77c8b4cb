/** Real captures on loopback, by dumpcap and by tcpdump: the agent's own packets and no others, from the first to the last. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { startKernelCapture } from '../../../../agent/capture-file/kernel/kernel-capture.js'
import { TCP_FLAG } from '../../../../agent/capture-file/packet.js'
import { pour } from '../../../support/byte-flow.js'
import { type Captured, capturing, childrenOf, isAlive, pathWith } from '../../../support/kernel-capture.js'
import { allOf, closed, connected, listening } from '../../../support/loopback.js'
import { lacking } from '../../../support/needs.js'
import { waitUntil } from '../../../support/wait-until.js'

const MIB = 1024 * 1024

/** IPv4 and TCP headers of Linux behind the SYN, with its options. */
const HEADER_BYTES = 52

/** A server that says back what it hears. */
async function echo(t: Test, host?: string): Promise<number> {
  const server = await listening(
    createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)),
    host,
  )
  t.teardown(() => server.close())
  return server.port
}

/** Says something, hears it back, and ends the connection. */
async function converse(socket: Socket, text: string): Promise<void> {
  socket.end(text)
  await allOf(socket)
  await closed(socket)
}

for (const program of ['dumpcap', 'tcpdump'])
  void t.test(program, { skip: lacking('root', program, 'setpriv') }, async (t) => {
    // Where dumpcap cannot, tcpdump does.
    const path = pathWith(t, { dumpcap: 'exit 1', [program]: true })

    await t.test('from the first packet of own connections to the last word, and nothing of others', async (t) => {
      const door = await echo(t)
      const { capture, packets, sockets } = await capturing(t, path, { exclude: [{ ip: '127.0.0.1', port: door }] })
      t.match(capture.program, new RegExp(`^${program} \\d+\\.\\d`))
      const talks: number[] = []
      for (const host of ['127.0.0.1', '::1']) {
        const port = await echo(t, host)
        const [own, other] = await Promise.all([connected(port, host), connected(port, host)])
        talks.push(own.localPort!)
        sockets.opened(own)
        await Promise.all([converse(own, 'what all may see'), converse(other, 'the secret of another')])
        sockets.closed(own)
      }
      const [last, excluded] = [await connected(await echo(t)), await connected(door)]
      const [lastPort, excludedPort] = [last.localPort!, excluded.localPort!]
      for (const socket of [last, excluded]) {
        sockets.opened(socket)
        socket.write('said at the last moment')
      }
      await capture.close()
      await capture.close()

      const of = (port: number) => packets.filter((packet) => localPortOf(packet) === port)
      t.equal(textOf(of(lastPort).filter(({ outbound }) => outbound)), 'said at the last moment')
      t.strictSame(of(excludedPort), [])
      for (const own of talks) {
        const [syn, answer] = of(own)
        t.match(syn, { outbound: true, tcp: { flags: TCP_FLAG.syn } }, 'the SYN, which came before anybody knew')
        t.match(answer, { outbound: false, tcp: { flags: TCP_FLAG.syn | TCP_FLAG.ack } })
        const ends = of(own).filter(({ tcp }) => ((tcp?.flags ?? 0) & TCP_FLAG.fin) !== 0)
        t.strictSame(new Set(ends.map(({ outbound }) => outbound)), new Set([true, false]), 'both ends')
        t.equal(textOf(of(own)), 'what all may see'.repeat(2))
      }
      const strangers = packets.filter((packet) => ![...talks, lastPort].includes(localPortOf(packet)))
      t.strictSame(strangers, [])
      for (const { length, originalLength } of packets)
        if (length !== originalLength) t.fail(`${length} of ${originalLength}`)
      const agoUs = Date.now() * 1000 - (packets[0]?.atUs ?? 0)
      t.ok(agoUs >= 0 && agoUs < 60e6, `${agoUs} us ago`)
      for (const socket of [last, excluded]) socket.destroy()
    })

    await t.test('32 MiB, every byte of them, and no packet twice', async (t) => {
      const server = await listening(createServer((socket) => socket.resume()))
      t.teardown(() => server.close())
      const { capture, packets, sockets } = await capturing(t, path, { snapLength: 40 })
      const own = await connected(server.port)
      sockets.opened(own)
      await pour(own, 32 * MIB)
      await capture.close()
      const sent = packets.filter(({ outbound }) => outbound)
      t.equal(capture.dropped, 0)
      // Not in the order of their numbers: TCP sends what seems lost again.
      const first = sent[0]?.tcp?.seq ?? 0
      const spans = sent
        .map(({ tcp, originalLength }) => ({
          from: ((tcp?.seq ?? 0) - first) >>> 0,
          bytes: originalLength - HEADER_BYTES,
        }))
        .slice(1)
        .sort((a, b) => a.from - b.from)
      let reached = 1
      for (const { from, bytes } of spans) if (from <= reached) reached = Math.max(reached, from + bytes)
      t.equal(reached, 1 + 32 * MIB)
      t.equal(new Set(sent.map(({ atUs, tcp }) => `${atUs} ${tcp?.seq}`)).size, sent.length, 'none twice')
      t.ok(
        packets.every(({ length }) => length <= 40),
        'and packets are cut',
      )
      own.destroy()
    })

    await t.test('it dies with the agent', async (t) => {
      const module = new URL('../../../../agent/capture-file/kernel/kernel-capture.js', import.meta.url)
      const agent = spawn(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `import { startKernelCapture } from '${module.href}'
          const options = { path: '${path}', sockets: { has: () => false }, exclude: [], snapLength: 96 }
          console.log(await startKernelCapture({ ...options, packet() {}, lost() {} }))`,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      await once(agent.stdout, 'data')
      const [child] = childrenOf(agent.pid!)
      t.equal(child?.name, program)
      agent.kill('SIGKILL')
      // At the latest the next packet tells it.
      const port = await echo(t)
      await waitUntil(async () => {
        ;(await connected(port)).destroy()
        return !isAlive(child!.pid)
      })
    })

    await t.test('without privileges it says so', async (t) => {
      const user = 'exec /usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups "$@"'
      const unprivileged = pathWith(t, { [program]: true, setpriv: `shift 2; ${user}` })
      t.match(
        await startKernelCapture({ ...NOBODY, path: unprivileged }),
        new RegExp(`^${program}: .*permission to (perform this )?capture`),
      )
    })
  })

function localPortOf({ outbound, sourcePort, destinationPort }: Captured): number {
  return outbound ? sourcePort : destinationPort
}

/** What was said, once: TCP sends again what seems lost. */
function textOf(packets: readonly Captured[]): string {
  const said = new Map(packets.map(({ outbound, tcp, payload }) => [`${outbound} ${tcp?.seq}`, payload]))
  return Buffer.concat([...said.values()]).toString()
}

/** Of a capture that does not come about. */
const NOBODY = {
  sockets: { has: () => false },
  exclude: [],
  snapLength: 96,
  packet: () => {},
  lost: () => t.fail('nothing was there to be lost'),
}

void t.test('a program that is killed is told of once', { skip: lacking('root', 'dumpcap') }, async (t) => {
  const { capture, lost } = await capturing(t, pathWith(t, { dumpcap: true }))
  const [child] = childrenOf(process.pid).filter(({ name }) => name === 'dumpcap')
  process.kill(child!.pid, 'SIGKILL')
  await waitUntil(() => lost.length > 0)
  await capture.close()
  t.strictSame(lost, ['dumpcap: it ended with SIGKILL'])
  t.strictSame(childrenOf(process.pid), [], 'and no child is left')
})

void t.test('programs that do not do what they should', { skip: lacking('setpriv') }, async (t) => {
  const cases = [
    ['none is installed', {}, 'neither dumpcap nor tcpdump is installed'],
    ['it writes something else', { dumpcap: 'while echo rubbish; do :; done' }, 'dumpcap: it wrote no capture'],
    ['it ends at once', { tcpdump: 'exit 3' }, 'tcpdump: it ended with code 3'],
    [
      'it complains',
      { dumpcap: 'echo "Capturing on \'any\'\ndumpcap: no\nmore" >&2; exit 1', tcpdump: 'echo never >&2' },
      'dumpcap: no; tcpdump: never',
    ],
  ] as const
  for (const [sentence, programs, reason] of cases)
    t.equal(await startKernelCapture({ ...NOBODY, path: pathWith(t, programs) }), reason, sentence)
  t.strictSame(childrenOf(process.pid).length, 0, 'and nothing is left of them')
})
