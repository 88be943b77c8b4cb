/**
 * A small real program for the demo where there is no curl: prints the body of an https URL, and on standard error who
 * issued the certificate, in curl's words. `fetch.js [--data TEXT] URL [socks5://host:port]`.
 */

import { request } from 'node:https'
import type { Socket } from 'node:net'
import { connect } from 'node:tls'
import { parseArgs } from 'node:util'
import { SocksClient } from 'socks'
import { parseSocksUrl } from '../../agent/outbound/socks-upstream.js'

const { values, positionals } = parseArgs({ options: { data: { type: 'string' } }, allowPositionals: true })
const [target = '', proxy] = positionals
const url = new URL(target)
const origin = { host: url.hostname, port: 443 }

async function through(proxyUrl: string): Promise<Socket> {
  const { host, port } = parseSocksUrl(proxyUrl)
  const options = { proxy: { host, port, type: 5 }, command: 'connect', destination: origin } as const
  return (await SocksClient.createConnection(options)).socket
}

const way = proxy === undefined ? origin : { socket: await through(proxy) }
// https.request takes what createConnection gives as it is: the TLS is ours to do, and it forgets its port.
const socket = connect({ ...way, servername: url.hostname, ALPNProtocols: ['http/1.1'] }, () => {
  const issuer = Object.entries(socket.getPeerCertificate().issuer).map(([name, value]) => `${name}=${value}`)
  process.stderr.write(`* issuer: ${issuer.join('; ')}\n`)
})
const method = values.data === undefined ? 'GET' : 'POST'
const asked = request(url, { method, defaultPort: 443, createConnection: () => socket }, (answer) => {
  answer.pipe(process.stdout)
})
asked.on('error', (error) => {
  process.stderr.write(`node: ${error.message}\n`)
  process.exitCode = 1
})
asked.end(values.data)
