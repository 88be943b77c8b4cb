/** Rebuilt connections as tshark sees them: nothing to complain of, and every byte given back. */

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import t from 'tap'
import type { CaptureWriter } from '../../../agent/capture-file/capture-writer.js'
import { type ConversationOptions, TcpConversation } from '../../../agent/capture-file/tcp-conversation.js'
import { captureWriter, doubtsOf, fieldsOf, NOON_US } from '../../support/capture-files.js'
import { happen, TCP_EVENTS } from '../../support/tcp-events.js'

const MIB = 1024 * 1024

function conversation(writer: CaptureWriter, options: Partial<ConversationOptions> = {}): TcpConversation {
  const client = { ip: '10.1.2.3', port: 40_000 }
  const server = { ip: '203.0.113.9', port: 4433 }
  const numbers = { interfaceId: 0, initial: { client: 1000, server: 2000 }, comment: 'curl (7) box.com: tunnel' }
  return new TcpConversation({ writer, client, server, ...numbers, ...options })
}

/** Letters that differ from place to place: tshark takes some other bytes for protocols. */
const LETTERS = Buffer.from(Array.from({ length: MIB + 1 }, (_, i) => 97 + (((i * 2_654_435_761) >>> 24) % 26)))

/** So many bytes. */
function bytesOf(length: number): Buffer {
  return LETTERS.subarray(0, length)
}

/** What is done with a connection whose handshake is over, a sentence each. */
const STORIES: ReadonlyArray<readonly [what: string, story: (tcp: TcpConversation, at: number) => void]> = [
  [
    'bulk',
    (tcp, at) => {
      for (let i = 0; i < 12; i++) tcp.data('server', bytesOf(65_536), at + i)
    },
  ],
  ['more than a mebibyte at once', (tcp, at) => tcp.data('client', bytesOf(MIB + 1), at)],
  [
    'both ways, interleaved',
    (tcp, at) => {
      for (let i = 1; i < 60; i++) {
        tcp.data(i % 3 === 0 ? 'server' : 'client', bytesOf(i * 200), at + i)
      }
    },
  ],
  [
    'single bytes',
    (tcp, at) => {
      for (let i = 0; i < 50; i++) tcp.data(i % 2 === 0 ? 'client' : 'server', bytesOf(1), at + i)
    },
  ],
  [
    'single bytes of one side',
    (tcp, at) => {
      for (let i = 0; i < 50; i++) tcp.data('server', bytesOf(1), at + i)
    },
  ],
  [
    'half-closed',
    (tcp, at) => {
      tcp.data('client', bytesOf(500), at)
      tcp.end('client', at + 1)
      tcp.data('server', bytesOf(100_000), at + 2)
      tcp.end('server', at + 3)
    },
  ],
  [
    'reset by the server',
    (tcp, at) => {
      tcp.data('client', bytesOf(5000), at)
      tcp.reset('server', at + 1)
    },
  ],
  [
    'reset by a client that had ended',
    (tcp, at) => {
      tcp.end('client', at)
      tcp.data('server', bytesOf(2000), at + 1)
      tcp.reset('client', at + 2)
    },
  ],
  ['nothing said', () => {}],
]

void t.test('tshark finds nothing to complain of', async (t) => {
  const writer = await captureWriter(t)
  let port = 40_000
  // A handshake and none, both families, small and large packets, numbers that pass 2^32 and ones that begin at 0.
  for (const [, story] of STORIES)
    for (const begins of [true, false])
      for (const ip of ['10.1.2.3', '2001:db8::7'])
        for (const [mtu, initial] of [
          [1500, { client: 2 ** 32 - 700, server: 2 ** 32 - 9 }],
          [576, { client: 2 ** 32 - 1, server: 0 }],
          [65_535, { client: 5, server: 2 ** 31 - 2000 }],
        ] as const) {
          const server = { ip: ip.includes(':') ? '2001:db8::1' : '203.0.113.9', port: 4433 }
          const tcp = conversation(writer, { client: { ip, port: port++ }, server, mtu, initial })
          if (begins) tcp.begin(NOON_US)
          if (begins) tcp.accepted(NOON_US + 50)
          story(tcp, NOON_US + 100)
          await writer.flush()
        }
  await writer.close()
  t.equal(writer.dropped, 0)
  t.strictSame((await doubtsOf(writer.path)).slice(0, 5), [])
})

void t.test('nor in any other story', async (t) => {
  const writer = await captureWriter(t)
  const stories = fc.sample(TCP_EVENTS, { numRuns: 150, seed: 20_261_123 })
  for (const [i, story] of stories.entries()) {
    const initial = { client: (i * 2_654_435_761) >>> 0, server: (2 ** 32 - 5 * i) >>> 0 }
    happen(conversation(writer, { client: { ip: '10.1.2.3', port: 40_000 + i }, initial }), story, NOON_US)
  }
  await writer.close()
  t.ok(writer.packets > 1000, `${writer.packets} packets`)
  t.strictSame((await doubtsOf(writer.path)).slice(0, 5), [])
})

void t.test('but does where something is wrong', async (t) => {
  const writer = await captureWriter(t)
  const tcp = conversation(writer)
  tcp.begin(NOON_US)
  tcp.accepted(NOON_US)
  const packets = writer.packets
  tcp.data('client', bytesOf(4000), NOON_US)
  t.equal(writer.packets, packets + 4, 'three segments, an acknowledgement')
  // The same side again, in a conversation of its own with the same ports: its first bytes are old.
  const again = conversation(writer)
  again.midway()
  again.data('client', bytesOf(4000), NOON_US)
  await writer.close()
  t.equal((await doubtsOf(writer.path)).length, 4)
})

void t.test('the comment stands with the first packet only, midway too', async (t) => {
  const writer = await captureWriter(t)
  const begun = conversation(writer, { comment: 'begun: «ü»' })
  const joined = conversation(writer, { client: { ip: '10.1.2.3', port: 40_001 }, comment: 'joined' })
  begun.begin(NOON_US)
  begun.accepted(NOON_US)
  joined.midway()
  joined.data('server', bytesOf(3000), NOON_US)
  begun.data('client', bytesOf(10), NOON_US)
  await writer.close()
  t.strictSame(await fieldsOf(writer.path, ['frame.number', 'frame.comment'], 'frame.comment'), [
    '1\tbegun: «ü»',
    '4\tjoined',
  ])
})

void t.test('the SYNs offer what systems offer', async (t) => {
  const writer = await captureWriter(t)
  const tcp = conversation(writer, { mtu: 1400 })
  tcp.begin(NOON_US)
  tcp.accepted(NOON_US)
  await writer.close()
  const fields = ['tcp.flags.str', 'tcp.options.mss_val', 'tcp.options.wscale.shift', 'tcp.options.sack_perm']
  const lines = await fieldsOf(writer.path, [...fields, 'tcp.window_size'])
  t.strictSame(
    lines.map((line) => line.split('\t').slice(1, 3)),
    [
      ['1360', '7'],
      ['1360', '7'],
      ['', ''],
    ],
  )
  t.match(lines[2], /\t8388480$/, 'the windows are scaled')
})

/** Hashes of what tshark's follow gives of each side. */
async function followed(file: string): Promise<{ readonly client: string; readonly server: string }> {
  const child = spawn('tshark', ['-n', '-r', file, '-q', '-z', 'follow,tcp,raw,0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const hashes = { client: createHash('sha256'), server: createHash('sha256') }
  let isBetweenRules = false
  for await (const line of createInterface({ input: child.stdout })) {
    // What the server sent stands behind a tab.
    if (line.startsWith('=====')) isBetweenRules = !isBetweenRules
    else if (isBetweenRules && /^\t?[0-9a-f]+$/.test(line))
      hashes[line.startsWith('\t') ? 'server' : 'client'].update(line.trim(), 'hex')
  }
  if (child.exitCode === null) await once(child, 'exit')
  return { client: hashes.client.digest('hex'), server: hashes.server.digest('hex') }
}

void t.test('follow gives back every byte of a transfer of 100 MiB', async (t) => {
  const writer = await captureWriter(t)
  const tcp = conversation(writer)
  const hashes = { client: createHash('sha256'), server: createHash('sha256') }
  tcp.begin(NOON_US)
  tcp.accepted(NOON_US)
  const say = (from: 'client' | 'server', bytes: Buffer, atUs: number) => {
    tcp.data(from, bytes, atUs)
    hashes[from].update(bytes)
  }
  say('client', Buffer.from('GET / HTTP/1.1\r\n\r\n'), NOON_US)
  const chunk = Buffer.from(bytesOf(65_536))
  for (let i = 0; i < 1600; i++) {
    chunk.writeUInt32LE(i, i)
    say('server', chunk, NOON_US + i)
    if (i % 100 === 0) await writer.flush()
  }
  tcp.end('client', NOON_US + 5000)
  tcp.end('server', NOON_US + 6000)
  await writer.close()
  t.equal(writer.dropped, 0)
  const { client, server } = await followed(writer.path)
  t.equal(client, hashes.client.digest('hex'))
  t.equal(server, hashes.server.digest('hex'))
})
