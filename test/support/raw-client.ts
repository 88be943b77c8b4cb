/**
 * A program that speaks to the lab's raw port, which greets like an SSH server and echoes until the client has ended.
 * `node raw-client.js HOST PORT BYTES`: waits for the greeting, sends so many bytes, ends its side, and prints as JSON the
 * greeting and how many bytes came back the same.
 */

import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'

const [host = '', port = '', length = '0'] = process.argv.slice(2)
const sent = randomBytes(Number(length))
const received: Buffer[] = []
const socket = connect({ host, port: Number(port), allowHalfOpen: true })
socket.once('data', () => socket.end(sent))
socket.on('data', (chunk: Buffer) => received.push(chunk))
socket.on('error', (error) => {
  process.stdout.write(JSON.stringify({ error: (error as NodeJS.ErrnoException).code }))
})
socket.on('end', () => {
  const all = Buffer.concat(received)
  const at = all.indexOf('\n') + 1
  const echoed = all.subarray(at).equals(sent) ? sent.length : -1
  process.stdout.write(JSON.stringify({ greeting: all.subarray(0, at).toString(), echoed }))
  socket.destroy()
})
