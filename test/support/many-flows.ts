/**
 * A program that opens many flows, to be captured: `many-flows.js KIND HOST COUNT`. `together`: COUNT flows at once, each
 * asks for 64 KiB; `after`: COUNT flows one after the other; `idle`: COUNT flows that are held until standard input ends;
 * `slow`: one download of COUNT MB of which next to nothing is read until standard input ends.
 */

import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const [kind = '', host = '', countText = ''] = process.argv.slice(2)
const count = Number(countText)
const { address } = await lookup(host, { family: 4 })

function ask(path: string): Socket {
  const socket = connect(80, address)
  socket.on('error', (error) => {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  })
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  return socket
}

async function whole(bytes: number): Promise<void> {
  const socket = ask(`/bytes/${bytes}`)
  let total = 0
  socket.on('data', (chunk: Buffer) => {
    total += chunk.length
  })
  await once(socket, 'close')
  if (total < bytes) throw new Error(`${total} of ${bytes} bytes came`)
}

async function untilInputEnds(): Promise<void> {
  process.stdout.write('ready\n')
  await once(process.stdin.resume(), 'end')
}

if (kind === 'together') await Promise.all(Array.from({ length: count }, () => whole(65_536)))
if (kind === 'after') for (let done = 0; done < count; done += 1) await whole(1)
if (kind === 'idle') {
  for (let opened = 0; opened < count; opened += 100) {
    // An answer that takes its time: the flow is open in both directions, and silent.
    const sockets = Array.from({ length: Math.min(100, count - opened) }, () => ask('/slow?ms=60000'))
    await Promise.all(sockets.map((socket) => (socket.connecting ? once(socket, 'connect') : undefined)))
  }
  await untilInputEnds()
}
if (kind === 'slow') {
  const socket = ask(`/bytes/${count * 1_000_000}`)
  await once(socket, 'readable')
  await untilInputEnds()
}
process.stdout.write('done\n')
process.exit(0)
