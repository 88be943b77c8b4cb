/**
 * The least that can stand in for the agent: `tunnel-relay.js HOME GATEWAY IP TUNNEL-PORT PORT` is an HTTP proxy on
 * loopback whose CONNECTs are flows of one tunnel session to that POP. No capture, decision or log: what is measured
 * through it is the gateway.
 */

import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { SteerError } from '../../../agent/errors.js'
import { openTls } from '../../../agent/tunnel/open-tunnel.js'
import { relayStream } from '../../../agent/tunnel/stream-relay.js'
import { USER_CERTIFICATE_PASSPHRASE } from '../../../certs/tenant-set.js'
import { homePaths } from '../../process/home.js'
import { CONNECT_TIMEOUT_MS, IDLE_MS, KEEP_ALIVE } from '../../process/limits.js'

const [home = '', gateway = '', ip = '', tunnelPort = '', port = ''] = process.argv.slice(2)

const data = join(homePaths(home).stagent, 'data')
const tunnel = await openTls({
  ca: readFileSync(join(data, 'nscacert.pem'), 'utf8'),
  pfx: readFileSync(join(data, 'nsusercert.p12')),
  passphrase: USER_CERTIFICATE_PASSPHRASE,
  client: 'bench',
  device: 'bench',
  gateway,
  endpoint: { ip, port: Number(tunnelPort) },
  keepAlive: KEEP_ALIVE,
  withinMs: CONNECT_TIMEOUT_MS,
  signal: new AbortController().signal,
})
if ('failure' in tunnel) throw new SteerError('bench-failed', `no tunnel: ${tunnel.failure}`)
const { session } = tunnel
void tunnel.ended.then(() => process.exit(1))

async function flow(socket: Socket, connectHead: string): Promise<void> {
  const [, host = '', originPort = ''] = /^CONNECT ([^ :]+):(\d+) /.exec(connectHead) ?? []
  const stream = session.open({ host, ip: '', port: Number(originPort), process: 'bench', via: 'nsProxy' })
  if (stream === undefined || (await stream.whenOpened()) !== 'opened') {
    socket.destroy()
    return
  }
  socket.write('HTTP/1.1 200 OK\r\n\r\n')
  await relayStream(socket, stream, new Uint8Array(0), IDLE_MS)
}

createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {})
  // The benchmark's client sends its head in one piece, and waits for the answer.
  socket.once('data', (head) => void flow(socket, head.toString('latin1')))
}).listen(Number(port), '127.0.0.1')
