/**
 * The yardsticks: what anybody would write in an afternoon. `relay.js splice PORT` joins plain sockets with `pipe`;
 * `relay.js near PORT` wraps each connection in TLS of its own to a `relay.js far PORT`, which unwraps it. Each prints the
 * port it listens on and ends with its standard input.
 */

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { generateKeys, privateKeyPem } from '../../certs/keys.js'
import { issueRoot } from '../../certs/x509.js'

const [kind = '', portText = ''] = process.argv.slice(2)
const port = Number(portText)
const target = { host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true }

function join(a: Socket, b: Socket): void {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.on('error', () => other.destroy())
    one.pipe(other)
  }
}

async function far(): Promise<Server> {
  const keys = await generateKeys('ec-p256')
  const cert = issueRoot({ subject: { commonName: 'bench' }, keys, days: 1, now: new Date() })
  return createTlsServer(
    { key: privateKeyPem(keys.privateKey), cert, minVersion: 'TLSv1.3', allowHalfOpen: true, noDelay: true },
    (socket) => join(socket, connect(target)),
  )
}

const plain = { allowHalfOpen: true, noDelay: true }
// The yardstick's pair trusts itself blindly: it measures TLS, not trust.
const dialFar = (): Socket => connectTls({ ...target, minVersion: 'TLSv1.3', rejectUnauthorized: false })
const server =
  kind === 'far'
    ? await far()
    : createServer(plain, (socket) => join(socket, kind === 'near' ? dialFar() : connect(target)))

server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
process.stdin.resume().on('end', () => process.exit(0))
