/**
 * The benchmark's client, a process of its own so that it can be captured like any program. `client.js KIND HOST PORT
 * COUNT SECONDS` prints one number, or for `idle` a line when its flows are open, and holds them until its input ends.
 */

import { lookup } from 'node:dns/promises'
import { connect, type Socket } from 'node:net'

const [kind = '', host = '', portText = '', countText = '', secondsText = ''] = process.argv.slice(2)
const port = Number(portText)
const count = Number(countText)
const seconds = Number(secondsText)
const { address } = await lookup(host, { family: 4 })

function get(path: string, connection: 'close' | 'keep-alive'): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: ${connection}\r\n\r\n`
}

function fail(error: Error): never {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

const block = Buffer.allocUnsafeSlow(256 * 1024)

function dial(received: (length: number) => void): Socket {
  const socket = connect({
    host: address,
    port,
    noDelay: true,
    onread: {
      buffer: block,
      callback: (length) => {
        received(length)
        return true
      },
    },
  })
  socket.on('error', fail)
  return socket
}

/** One flow that downloads `bytes`; resolves when it has them. */
function download(bytes: number): Promise<void> {
  return new Promise((resolve) => {
    let total = 0
    const socket = dial((length) => {
      total += length
    })
    socket.on('close', () => (total >= bytes ? resolve() : fail(new Error(`only ${total} bytes came`))))
    socket.write(get(`/bytes/${bytes}`, 'close'))
  })
}

/** MB/s of `count` flows at once, 1 GiB between them. */
async function bulk(): Promise<number> {
  const bytes = 2 ** 30
  const started = performance.now()
  await Promise.all(Array.from({ length: count }, () => download(Math.floor(bytes / count))))
  return bytes / 1e6 / ((performance.now() - started) / 1000)
}

/** Flows per second: connect, 1 KiB, close; `count` at a time. */
async function flows(): Promise<number> {
  const end = performance.now() + seconds * 1000
  let done = 0
  const started = performance.now()
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (performance.now() < end) {
        await download(1024)
        done += 1
      }
    }),
  )
  return done / ((performance.now() - started) / 1000)
}

/** Requests per second over `count` kept connections, 1 KiB each. */
async function requests(): Promise<number> {
  const end = performance.now() + seconds * 1000
  const question = get('/bytes/1024', 'keep-alive')
  let done = 0
  const started = performance.now()
  await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<void>((resolve) => {
          let left = 0
          // The first answer tells how long each is: the head is the same for all.
          let size = 0
          const socket = dial((length) => {
            if (size === 0) size = length
            left -= left === 0 ? length - size : length
            if (left > 0) return
            left = 0
            done += 1
            if (performance.now() < end) socket.write(question)
            else socket.destroy()
          })
          socket.on('close', () => resolve())
          socket.write(question)
        }),
    ),
  )
  return done / ((performance.now() - started) / 1000)
}

/** Opens `count` flows, each having answered once, and holds them. */
async function idle(): Promise<void> {
  for (let opened = 0; opened < count; opened += 50)
    await Promise.all(
      Array.from(
        { length: Math.min(50, count - opened) },
        () =>
          new Promise<void>((resolve) => {
            const socket = dial(() => resolve())
            socket.write(get('/bytes/1', 'keep-alive'))
          }),
      ),
    )
  process.stdout.write('open\n')
  process.stdin.resume().on('end', () => process.exit(0))
}

if (kind === 'idle') await idle()
else {
  const measured = await { bulk, flows, requests }[kind as 'bulk' | 'flows' | 'requests']()
  process.stdout.write(`${measured}\n`)
  process.exit(0)
}
