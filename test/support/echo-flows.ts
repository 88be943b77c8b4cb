/**
 * A program that keeps flows busy, to be captured: `echo-flows.js COUNT HOST...`. On COUNT flows to each host's raw port it
 * sends a piece, waits for its echo and goes on, until standard input ends; then it prints as JSON how many pieces came
 * back the same and what went wrong.
 */

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'

const [countText = '', ...hosts] = process.argv.slice(2)
const PORT = 5222
const PIECE_BYTES = 512

let over = false
let echoed = 0
const wrong: string[] = []

async function keepBusy(host: string): Promise<void> {
  const socket = connect({ host, port: PORT, noDelay: true })
  const read = readerOf(socket)
  socket.on('error', (error) => wrong.push(`${host}: ${error.message}`))
  socket.on('close', () => {
    if (!over) wrong.push(`${host}: closed`)
  })
  await read('SSH-2.0-steerlab\r\n'.length)
  ready()
  while (!over && wrong.length === 0) {
    const piece = randomBytes(PIECE_BYTES)
    socket.write(piece)
    if (!(await read(PIECE_BYTES)).equals(piece)) wrong.push(`${host}: another piece came back`)
    echoed += 1
  }
  socket.destroy()
}

/** Reads so many bytes of a stream at a time; what is left when it closes is what there is. */
function readerOf(socket: NodeJS.ReadableStream): (length: number) => Promise<Buffer> {
  let all = Buffer.alloc(0)
  let ended = false
  let wake = (): void => {}
  socket.on('data', (chunk: Buffer) => {
    all = Buffer.concat([all, chunk])
    wake()
  })
  socket.on('close', () => {
    ended = true
    wake()
  })
  return async (length) => {
    while (all.length < length && !ended)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    const read = all.subarray(0, length)
    all = all.subarray(length)
    return read
  }
}

const flows = hosts.flatMap((host) => Array.from({ length: Number(countText) }, () => host))
let waiting = flows.length
function ready(): void {
  waiting -= 1
  if (waiting === 0) process.stdout.write('ready\n')
}

const busy = flows.map(keepBusy)
await once(process.stdin.resume(), 'end')
over = true
await Promise.all(busy)
process.stdout.write(JSON.stringify({ flows: flows.length, echoed, wrong }))
process.exit(wrong.length === 0 ? 0 : 1)
