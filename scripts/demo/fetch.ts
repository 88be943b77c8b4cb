/**
 * A small real program for the demo where there is no curl: prints the body of an https URL. `fetch.js URL [socks5://host:port]`.
 */

import { request } from 'node:https'
import { connect, type Socket } from 'node:net'
import { SocksClient } from 'socks'
import { parseSocksUrl } from '../../agent/outbound/socks-upstream.js'

const [target = '', proxy] = process.argv.slice(2)
const url = new URL(target)

async function open(): Promise<Socket> {
  if (proxy === undefined) return connect(443, url.hostname)
  const { host, port } = parseSocksUrl(proxy)
  const destination = { host: url.hostname, port: 443 }
  return (await SocksClient.createConnection({ proxy: { host, port, type: 5 }, command: 'connect', destination }))
    .socket
}

const socket = await open()
const asked = request(url, { createConnection: () => socket, servername: url.hostname }, (answer) => {
  answer.pipe(process.stdout)
})
asked.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
asked.end()
