/** Getting revocation lists: from hosts that have one, and from those that misbehave. */

import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { LARGEST_CRL_BYTES } from '../../../../certs/read-crl.js'
import { fetchCrl } from '../../../../gateway/inspect/tls/crl-fetch.js'
import { rawOrigin } from '../../../support/proxied-origins.js'

/** What each connection is answered; the parts of a gateway whose every address is this origin. */
async function originOf(t: Test, answer: (socket: Socket) => void) {
  const origin = await rawOrigin(t, answer)
  const dialled: string[] = []
  const parts = {
    resolve: async (host: string) => (host === 'nowhere.example' ? [] : ['192.0.2.1']),
    dialer: {
      dial: async ({ ip, port }: { ip: string; port: number }) => {
        dialled.push(`${ip} ${port}`)
        if (ip === '192.0.2.9') return { failure: 'refused', detail: '' } as const
        return { socket: connect({ port: origin.port, host: '127.0.0.1', allowHalfOpen: true }) }
      },
    },
  }
  return { ...origin, dialled, fetch: (url: string) => fetchCrl(url, parts) }
}

const answering = (text: string) => (socket: Socket) => void socket.end(text, 'latin1')
const whole = (status: string, body: string) =>
  answering(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)

void t.test('the list is what is behind the URL, asked for on a connection of its own', async (t) => {
  const { fetch, heard, dialled, sockets } = await originOf(t, whole('200 OK', '\x30\x00'))
  t.strictSame(await fetch('http://crl.lab.example/lab.crl?n=1'), Buffer.of(0x30, 0))
  t.match(heard[0], /^GET \/lab\.crl\?n=1 HTTP\/1\.1\r\n/)
  t.match(heard[0], /\r\nhost: crl\.lab\.example\r\n/i)
  t.ok(await fetch('http://203.0.113.9:8080/'))
  t.ok(await fetch('http://[2001:db8::1]/'))
  t.strictSame(dialled, ['192.0.2.1 80', '203.0.113.9 8080', '2001:db8::1 80'])
  while (sockets.size > 0) await new Promise((resolve) => setImmediate(resolve))
})

void t.test('a list without a length, to the end of the connection', async (t) => {
  const { fetch } = await originOf(t, answering('HTTP/1.1 200 OK\r\n\r\nabc'))
  t.equal(String(await fetch('http://crl.lab.example/')), 'abc')
})

void t.test('nobody is asked for what no host has', async (t) => {
  const { fetch, dialled } = await originOf(t, whole('200 OK', 'abc'))
  for (const url of ['', 'lab.crl', 'https://crl.lab.example/', 'file:///etc/passwd', 'http://nowhere.example/'])
    t.equal(await fetch(url), undefined, url)
  t.strictSame(dialled, [])
  t.equal(await fetch('http://192.0.2.9/'), undefined, 'a dial that fails')
})

void t.test('other answers are no list', async (t) => {
  const over = LARGEST_CRL_BYTES + 1
  for (const [why, answer] of [
    ['not found', whole('404 Not Found', 'abc')],
    ['moved', answering('HTTP/1.1 302 Found\r\nLocation: http://crl.lab.example/\r\nContent-Length: 0\r\n\r\n')],
    ['a part', whole('206 Partial Content', 'abc')],
    ['cut off', answering('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')],
    ['no HTTP', answering('SSH-2.0-x\r\n')],
    ['nothing', (socket: Socket) => void socket.destroy()],
    ['too much, announced', answering(`HTTP/1.1 200 OK\r\nContent-Length: ${over}\r\n\r\n`)],
    ['too much, by surprise', answering(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(over)}`)],
  ] as const) {
    const { fetch, heard } = await originOf(t, answer)
    t.equal(await fetch('http://crl.lab.example/'), undefined, why)
    t.equal(heard.length, 1, `${why}: asked once`)
  }
})

void t.test('the largest list is read', async (t) => {
  const { fetch } = await originOf(t, whole('200 OK', 'x'.repeat(LARGEST_CRL_BYTES)))
  t.equal((await fetch('http://crl.lab.example/'))?.length, LARGEST_CRL_BYTES)
})

void t.test('a host that says nothing is given up in five seconds', async (t) => {
  const { fetch, sockets } = await originOf(t, () => {})
  const begun = performance.now()
  t.equal(await fetch('http://crl.lab.example/'), undefined)
  const took = performance.now() - begun
  t.ok(took > 4900 && took < 7000, `${took} ms`)
  while (sockets.size > 0) await new Promise((resolve) => setImmediate(resolve))
})
