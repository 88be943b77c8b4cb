/**
 * A program to be captured: `odd-flows.js HOST` opens flows to the host's raw port, which echoes: 8 MiB both ways at once,
 * one that ends its side before it reads, and one that it resets. It prints what each came to.
 */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { drink, pour } from './byte-flow.js'

const [host = ''] = process.argv.slice(2)
const PORT = 5222
const MIB = 1024 * 1024

async function open(): Promise<Socket> {
  const socket = connect({ host, port: PORT, noDelay: true, allowHalfOpen: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

const both = await open()
const [sent, got] = await Promise.all([pour(both, 8 * MIB), drink(both)])

const half = await open()
half.end('\0all I have to say')
const answer = await drink(half)

const broken = await open()
broken.write('\0half a sen')
await once(broken, 'data')
broken.resetAndDestroy()
await once(broken, 'close')

process.stdout.write(JSON.stringify({ sent: sent.bytes, got: got.bytes, answered: answer.bytes }))
