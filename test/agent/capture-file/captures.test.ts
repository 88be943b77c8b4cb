/** The two captures of an agent: started, stopped, refused; a disk that is full ends one and nothing else. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Captures, type CapturesOptions } from '../../../agent/capture-file/captures.js'
import { readPcapng } from '../../../agent/capture-file/pcapng-reader.js'
import { TappedConversation } from '../../../agent/capture-file/tapped-conversation.js'
import { waitUntil } from '../../support/wait-until.js'

const NOWHERE = '/dev/null/nowhere'

function begin(t: Test, options: Partial<CapturesOptions> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'steerlab-captures-'))
  const warned: string[] = []
  let renewed = 0
  const captures = new Captures({
    directory,
    application: 'steerlab test',
    os: 'Linux',
    path: NOWHERE,
    doors: () => [],
    renewTunnel: async () => void renewed++,
    now: () => Date.now() * 1000,
    random32: () => 1,
    warn: (line) => void warned.push(line),
    ...options,
  })
  t.teardown(async () => {
    await captures.close()
    rmSync(directory, { recursive: true })
  })
  return { captures, directory, warned, renewed: () => renewed }
}

function conversation({ flows }: Captures): TappedConversation {
  return new TappedConversation(flows.inner, {
    interfaceName: 'namespace',
    client: { ip: '192.0.2.77', port: 5000 },
    server: { ip: '1.2.3.4', port: 80 },
    comment: () => 'host: box.com',
  })
}

void t.test('an inner capture, from its start to a file that can be read', async (t) => {
  const { captures, directory } = begin(t)
  t.strictSame(captures.list(), [])
  const begun = await captures.start('inner', {})
  t.match(begun, { kind: 'inner', running: true, packets: 0, keys: false, failure: '' })
  t.equal(begun.file, join(directory, 'nspktdump.pcap'))
  t.equal(statSync(begun.file).mode & 0o777, 0o600)
  const flow = conversation(captures)
  flow.begin(1_000_000)
  flow.accepted(1_000_001)
  flow.sent(Buffer.from('question'))
  const stopped = await captures.stop('inner')
  t.match(stopped, { running: false, packets: 5, dropped: 0, bytes: statSync(begun.file).size })
  flow.sent(Buffer.from('late'))
  const { interfaces, packets } = readPcapng(readFileSync(begun.file))
  t.match(interfaces[0], { name: 'namespace' })
  t.equal(packets.length, 5)
  t.equal(packets[0]?.comment, 'host: box.com')
  t.match(captures.list(), [{ running: false, packets: 5 }], 'what was is still told')
})

void t.test('one of a kind at a time, and both kinds beside each other', async (t) => {
  const { captures } = begin(t)
  await captures.start('inner', {})
  await t.rejects(captures.start('inner', { file: 'other.pcap' }), {
    code: 'capture-running',
    message: /inner capture/,
  })
  await t.rejects(captures.start('outer', { file: 'nspktdump.pcap' }), {
    code: 'bad-capture',
    message: /another capture/,
  })
  await captures.start('outer', {})
  t.match(captures.list(), [
    { kind: 'inner', running: true },
    { kind: 'outer', running: true },
  ])
  await captures.stop('inner')
  await t.rejects(captures.stop('inner'), { code: 'no-capture', message: 'no inner capture is running' })
  await captures.start('inner', {})
  await captures.close()
  t.match(captures.list(), [{ running: false }, { running: false }])
})

void t.test('two that are started at once: one runs', async (t) => {
  const { captures } = begin(t)
  const outcomes = await Promise.allSettled([captures.start('inner', {}), captures.start('inner', {})])
  t.strictSame(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

void t.test('no two write one file, however they are started', async (t) => {
  const { captures } = begin(t)
  const outcomes = await Promise.allSettled([
    captures.start('inner', { file: 'x.pcap' }),
    captures.start('outer', { file: 'x.pcap', from: 'socket' }),
  ])
  t.match(outcomes, [{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'bad-capture' } }])
  // x.1.pcap is what x.pcap becomes when it is full.
  await t.rejects(captures.start('outer', { file: 'x.1.pcap', from: 'socket' }), { code: 'bad-capture' })
  const [stopped, begun] = await Promise.all([captures.stop('inner'), captures.start('inner', { file: 'x.pcap' })])
  t.match([stopped.running, begun.running], [false, true], 'the next begins when the last one is whole')
})

void t.test('one that fails while it starts is not said to run', async (t) => {
  let directory = ''
  const begun = begin(t, { renewTunnel: async () => rmSync(directory, { recursive: true, force: true }) })
  directory = begun.directory
  const { captures } = begun
  const tap = captures.wire.tcp({ ip: '127.0.0.1', port: 5 }, { ip: '1.2.3.4', port: 443 }, 1)
  const starting = captures.start('outer', { from: 'socket', maxBytes: 65_536, files: 1 })
  // Told while the tunnel is opened anew: more than a file holds, and the next one has no directory.
  await waitUntil(() => captures.wire.wantsBytes)
  for (let i = 0; i < 3; i += 1) tap.sent(Buffer.alloc(40_000))
  const outcome = await starting.then(
    () => 'started',
    ({ code }) => code,
  )
  await waitUntil(() => captures.list().every(({ running }) => !running))
  t.match(['started', 'capture-failed'], [outcome])
  t.match(captures.list(), [{ running: false, failure: /ENOENT/ }])
  t.notOk(captures.wire.wantsBytes, 'and nobody makes a detour for it')
  mkdirSync(directory)
})

void t.test('an agent that stops waits for those that start and end', async (t) => {
  let isRenewed = (): void => {}
  const renewed = new Promise<void>((resolve) => {
    isRenewed = resolve
  })
  const { captures: slow } = begin(t, { renewTunnel: () => renewed })
  const starting = slow.start('outer', { from: 'socket' })
  await waitUntil(() => slow.wire.wantsBytes)
  const closing = slow.close()
  isRenewed()
  await Promise.all([starting, closing])
  t.match(slow.list(), [{ running: false }])
  await t.rejects(slow.start('inner', {}), { code: 'capture-failed', message: 'the agent is stopping' })

  const { captures } = begin(t)
  const { file } = await captures.start('inner', {})
  const flow = conversation(captures)
  flow.sent(Buffer.alloc(8 * 1024 * 1024))
  const stopping = captures.stop('inner')
  await captures.close()
  t.equal(statSync(file).size, captures.list()[0]?.bytes, 'whole when the agent is gone')
  await stopping
})

void t.test('a bad request makes no file', async (t) => {
  const { captures, directory } = begin(t)
  await t.rejects(captures.start('inner', { file: 'x.zip' }), { code: 'bad-capture', exitCode: 2 })
  t.notOk(existsSync(join(directory, 'x.zip')))
  await t.rejects(begin(t, { directory: NOWHERE }).captures.start('inner', {}), { code: 'capture-failed' })
})

void t.test('an outer one without privileges says what it is made of, and has the tunnel opened anew', async (t) => {
  const { captures, renewed } = begin(t)
  const begun = await captures.start('outer', {})
  t.match(begun.source, /^rebuilt from the ciphertext .*neither dumpcap nor tcpdump/)
  t.equal(renewed(), 1)
  t.ok(captures.wire.wantsBytes)
  await captures.stop('outer')
  t.equal(renewed(), 2, 'and once more, to be rid of the detour')
  t.notOk(captures.wire.wantsBytes)
  await t.rejects(captures.start('outer', { from: 'kernel' }), { code: 'capture-failed', message: /neither dumpcap/ })
  t.equal(renewed(), 2)
  t.match(captures.list(), [{ running: false }])
})

void t.test('an outer one of the kernel leaves the tunnel alone', async (t) => {
  const { captures, renewed } = begin(t, { path: process.env['PATH'] ?? '' })
  const begun = await captures.start('outer', {})
  t.match(begun.source, /^packets of the kernel, captured by (dumpcap|tcpdump) /)
  t.equal(renewed(), 0)
  t.notOk(captures.wire.wantsBytes)
  await captures.stop('outer')
  t.equal(renewed(), 0)
})

void t.test('a disk that refuses ends the capture, not the flow', async (t) => {
  const { captures, directory } = begin(t)
  symlinkSync('/dev/full', join(directory, 'full.pcap'))
  await t.rejects(captures.start('inner', { file: 'full.pcap' }), { code: 'capture-failed', message: /ENOSPC/ })

  let told = (_line: string): void => {}
  const warned = new Promise<string>((resolve) => {
    told = resolve
  })
  const later = begin(t, { warn: told })
  await later.captures.start('inner', { maxBytes: 64 * 1024, files: 1 })
  const flow = conversation(later.captures)
  flow.sent(Buffer.alloc(40_000))
  // The next file cannot be made.
  rmSync(later.directory, { recursive: true })
  flow.sent(Buffer.alloc(40_000))
  t.match(await warned, /the inner capture has stopped: .*ENOENT/)
  t.match(later.captures.list(), [{ running: false, failure: /ENOENT/ }])
  flow.sent(Buffer.from('it goes on'))
  const words = /^no inner capture is running: the last one ended by itself after \d+ packets in .*ENOENT/
  await t.rejects(later.captures.stop('inner'), { code: 'no-capture', message: words })
  mkdirSync(later.directory)
  await later.captures.start('inner', {})
  t.match(later.captures.list(), [{ running: true, failure: '' }], 'and another can be started')
})
