/**
 * A program that loads pages from many hosts at once, a TLS connection each, as the pages of forty tabs do.
 * `node page-loads.js LOADS HOST...`: the hosts take turns, HTTP/1.1 and HTTP/2 take turns; prints a `PageLoad[]` as JSON.
 */

import { once } from 'node:events'
import { connect as connectH2 } from 'node:http2'
import { text } from 'node:stream/consumers'
import { connect, type TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'

/** The built program. */
export const PAGE_LOADS = fileURLToPath(import.meta.url)

/** What became of one. */
export interface PageLoad {
  readonly host: string
  readonly protocol: string
  /** Common name of the certificate's issuer, and its serial number. */
  readonly issuer: string
  readonly serial: string
  readonly page: string
  readonly error?: string
}

async function load(host: string, protocol: 'h2' | 'http/1.1'): Promise<PageLoad> {
  const socket = connect({ host, port: 443, servername: host, ALPNProtocols: [protocol] })
  try {
    await once(socket, 'secureConnect')
    const { issuer, serialNumber } = socket.getPeerCertificate()
    const page = await (protocol === 'h2' ? pageOverH2(socket, host) : pageOverH1(socket, host))
    return { host, protocol: String(socket.alpnProtocol), issuer: String(issuer.CN), serial: serialNumber, page }
  } catch (error) {
    return { host, protocol, issuer: '', serial: '', page: '', error: String(error) }
  } finally {
    socket.destroy()
  }
}

function pageOverH1(socket: TLSSocket, host: string): Promise<string> {
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  return text(socket)
}

function pageOverH2(socket: TLSSocket, host: string): Promise<string> {
  const session = connectH2(`https://${host}`, { createConnection: () => socket })
  return text(session.request({ ':path': '/' }))
}

if (process.argv[1] === PAGE_LOADS) {
  const [count = '', ...hosts] = process.argv.slice(2)
  const loads = Array.from({ length: Number(count) }, (_, n) =>
    // Each host is asked in both protocols: 200 loads are five turns of 40 hosts.
    load(hosts[n % hosts.length]!, (n + Math.floor(n / hosts.length)) % 2 === 0 ? 'h2' : 'http/1.1'),
  )
  process.stdout.write(JSON.stringify(await Promise.all(loads)))
}
