/**
 * A small real program for the demo where there is no curl: prints the body of an https URL. `fetch.js URL [socks5://host:port]`.
 */

import { request } from 'node:https'
import type { Socket } from 'node:net'
import { connect } from 'node:tls'
import { SocksClient } from 'socks'
import { parseSocksUrl } from '../../agent/outbound/socks-upstream.js'

const [target = '', proxy] = process.argv.slice(2)
const url = new URL(target)
const origin = { host: url.hostname, port: 443 }

async function through(proxyUrl: string): Promise<Socket> {
  const { host, port } = parseSocksUrl(proxyUrl)
  const options = { proxy: { host, port, type: 5 }, command: 'connect', destination: origin } as const
  return (await SocksClient.createConnection(options)).socket
}

const way = proxy === undefined ? origin : { socket: await through(proxy) }
// https.request takes what createConnection gives as it is: the TLS is ours to do.
const socket = connect({ ...way, servername: url.hostname, ALPNProtocols: ['http/1.1'] })
const asked = request(url, { createConnection: () => socket }, (answer) => {
  answer.pipe(process.stdout)
})
asked.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
asked.end()
