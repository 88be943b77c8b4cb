/** The two sockets of a DNS service: really closed while a fault refuses, and there again on the same port. */

import dgram from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { bindBoth } from '../../../agent/dns/bind-both.js'
import type { ServiceFault } from '../../../gateway/faults/fault.js'
import { FaultBoard } from '../../../gateway/faults/fault-board.js'
import { openDnsDoors } from '../../../gateway/services/dns-doors.js'
import { closed } from '../../support/loopback.js'
import { waitUntil } from '../../support/wait-until.js'

const LDNS = { service: 'ldns' } as const

/** Doors behind which everything is sent back, opened under a fault. */
async function newDoors(t: Test, first?: ServiceFault) {
  const board = new FaultBoard({ now: Date.now })
  if (first !== undefined) board.set(LDNS, first)
  const doors = await openDnsDoors({ host: '127.0.0.1', port: 0 }, board.source(LDNS), {
    datagram: (bytes, { port, address }, socket) => socket.send(bytes, port, address),
    stream: (socket) => socket.pipe(socket),
  })
  t.teardown(() => doors.close())
  return { ...doors, fail: (fault: ServiceFault) => board.set(LDNS, fault), mend: () => board.clear() }
}

/** What comes back of a datagram, or the error. */
async function datagramTo(port: number): Promise<string> {
  const socket = dgram.createSocket('udp4')
  try {
    socket.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.send('hello')
    const [bytes] = await once(socket, 'message')
    return String(bytes)
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  } finally {
    socket.close()
  }
}

/** What comes back of a stream, or the error. */
async function streamTo(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    socket.write('hello')
    const [bytes] = await once(socket, 'data')
    return String(bytes)
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  } finally {
    socket.destroy()
  }
}

const both = (port: number) => Promise.all([datagramTo(port), streamTo(port)])

void t.test('open, refusing, open again', async (t) => {
  const { port, fail, mend } = await newDoors(t)
  t.strictSame(await both(port), ['hello', 'hello'])
  const before = connect({ port, host: '127.0.0.1' })
  before.on('error', () => {})
  await once(before, 'connect')
  fail({ kind: 'refuse' })
  await closed(before)
  t.strictSame(await both(port), ['ECONNREFUSED', 'ECONNREFUSED'])
  mend()
  await waitUntil(async () => (await both(port)).join() === 'hello,hello')
  fail({ kind: 'time-out' })
  t.strictSame(await both(port), ['hello', 'hello'], 'no other fault shuts them')
})

void t.test('faults that come faster than doors move', async (t) => {
  const { port, fail, mend } = await newDoors(t)
  for (let turn = 0; turn < 50; turn += 1) {
    fail({ kind: 'refuse' })
    mend()
  }
  await t.resolves(waitUntil(async () => (await both(port)).join() === 'hello,hello'))
  for (let turn = 0; turn < 50; turn += 1) {
    mend()
    fail({ kind: 'refuse' })
  }
  await t.resolves(waitUntil(async () => (await both(port)).join() === 'ECONNREFUSED,ECONNREFUSED'))
})

void t.test('refusing from the start, and a port that somebody else has meanwhile', async (t) => {
  const { port, mend } = await newDoors(t, { kind: 'refuse' })
  t.strictSame(await both(port), ['ECONNREFUSED', 'ECONNREFUSED'], 'it has a port, and nobody is there')
  const other = await bindBoth({ ip: '127.0.0.1', port })
  const asked = once(other.datagrams, 'message')
  mend()
  const client = dgram.createSocket('udp4')
  t.teardown(() => client.close())
  client.send('hello', port, '127.0.0.1')
  await asked
  other.datagrams.close()
  other.streams.close()
  await t.resolves(waitUntil(async () => (await both(port)).join() === 'hello,hello'))
})

void t.test('closed for good', async (t) => {
  const { port, close, fail, mend } = await newDoors(t)
  await Promise.all([close(), close()])
  fail({ kind: 'refuse' })
  mend()
  t.strictSame(await both(port), ['ECONNREFUSED', 'ECONNREFUSED'])
  await close()
})
