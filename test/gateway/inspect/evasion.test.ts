/** Ways to say HTTP so that a gateway takes it for something else: whatever an origin might read as a request is judged. */

import { once } from 'node:events'
import { connect } from 'node:http2'
import type { Duplex } from 'node:stream'
import t from 'tap'
import { inspectedLab } from '../../support/inspected.js'
import { textOf } from '../../support/text-of.js'

const gateway = await inspectedLab(t)
await gateway.configure('policy.json', { rules: [{ name: 'No box', action: 'block', hosts: ['box.com'] }] })

const ODD: Readonly<Record<string, string>> = {
  'a vertical tab first': '\vGET / HTTP/1.1\r\nHost: box.com\r\n\r\n',
  'form feeds between': 'GET\f/\fHTTP/1.1\r\nHost: box.com\r\n\r\n',
  'a bare CR': 'GET / HTTP/1.1\rHost: box.com\r\n\r\n',
  'lower case': 'get / http/1.1\r\nHost: box.com\r\n\r\n',
  'HTTP/0.9': 'GET /\r\n\r\n',
  'HTTP/2.0 in the old way': 'GET / HTTP/2.0\r\nHost: box.com\r\n\r\n',
  'nearly the preface of HTTP/2': 'PRI * HTTP/2.0\n\nSM\n\n',
  'a long line': `GET /${'a'.repeat(70_000)} HTTP/1.1\r\nHost: box.com\r\n\r\n`,
  'a hundred empty lines': `${'\r\n'.repeat(100)}GET / HTTP/1.1\r\nHost: box.com\r\n\r\n`,
}

const WAYS: ReadonlyArray<readonly [how: string, origin: string, open: () => Promise<Duplex>]> = [
  ['in clear', 'http://box.com', () => gateway.open('box.com', 80)],
  ['inside TLS without ALPN', 'https://box.com', () => gateway.tls('box.com')],
]

for (const [how, origin, open] of WAYS) {
  void t.test(how, async (t) => {
    for (const [what, said] of Object.entries(ODD)) {
      const client = await open()
      client.end(said)
      t.match(await textOf(client), /^HTTP\/1\.1 4(?:00|03|08|31) /, what)
    }
    await t.test('HTTP/2 without a word before', async (t) => {
      const socket = await open()
      const session = connect(origin, { createConnection: () => socket })
      session.on('error', () => {})
      const request = session.request({ ':path': '/whoami' })
      const [headers] = (await once(request, 'response')) as [Record<string, unknown>]
      t.equal(headers[':status'], 403)
      request.resume()
      session.destroy()
    })
  })
}

void t.test('what a client says about an origin is not held against others', async (t) => {
  const host = 'dropbox.com'
  const odd = await gateway.tls(host)
  odd.end('\x00\x01\x02')
  await textOf(odd)
  await gateway.recorded({ host, notDecrypted: 'not-http' })
  t.match(await gateway.get(host, '/whoami'), /^HTTP\/1\.1 200 /)
  t.match(await gateway.recorded({ url: `https://${host}/whoami` }), { decrypted: true })
})
