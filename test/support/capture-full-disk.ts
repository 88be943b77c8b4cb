/**
 * A program for the capture writer's tests, run where DIRECTORY is a small file system of its own: captures more than
 * fits, twice, and prints what it was told. `node capture-full-disk.js DIRECTORY FORMAT`
 */

import { join } from 'node:path'
import { CaptureWriter } from '../../agent/capture-file/capture-writer.js'
import { TcpConversation } from '../../agent/capture-file/tcp-conversation.js'

const [directory = '', format = ''] = process.argv.slice(2)
const told: string[] = []
const writer = await CaptureWriter.open({
  path: join(directory, 'x.pcap'),
  format: format === 'pcap' ? 'pcap' : 'pcapng',
  interfaces: [{ name: 'namespace', description: '' }],
  comment: '',
  application: '',
  os: '',
  snapLength: 262_144,
  maxBytes: 1e9,
  files: 2,
  failed: ({ code, message }) => told.push(`${code} ${message}`),
})
const ends = { client: { ip: '10.1.2.3', port: 40_000 }, server: { ip: '203.0.113.9', port: 4433 } }
const numbers = { interfaceId: 0, initial: { client: 1, server: 2 }, comment: '' }
const tcp = new TcpConversation({ writer, ...ends, ...numbers })
for (let i = 0; i < 2; i++) {
  for (let part = 0; part < 100; part++) tcp.data('client', Buffer.alloc(65_000, 'x'), part)
  await writer.flush()
}
await writer.close()
process.stdout.write(JSON.stringify({ told, dropped: writer.dropped }))
