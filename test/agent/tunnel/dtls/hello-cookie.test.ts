import t from 'tap'
import type { ClientHello } from '../../../../agent/tunnel/dtls/dtls-record.js'
import { bringsCookie, cookieFor } from '../../../../agent/tunnel/dtls/hello-cookie.js'

const secret = Buffer.alloc(32, 1)
const address = '192.0.2.1 4433'
const first: ClientHello = {
  recordSequence: Buffer.alloc(6),
  message: 0,
  random: Buffer.alloc(32, 2),
  cookie: Buffer.alloc(0),
}
const second: ClientHello = { ...first, message: 1, cookie: cookieFor(secret, address, first) }

void t.test('a cookie is good for its address, hello and secret only', async (t) => {
  t.equal(second.cookie.length, 32)
  t.equal(bringsCookie(secret, address, second), true)
  const bad: readonly [what: string, secret: Buffer, address: string, hello: ClientHello][] = [
    ['the hello without it', secret, address, first],
    ['another address', secret, '192.0.2.2 4433', second],
    ['another port', secret, '192.0.2.1 4434', second],
    ['another hello', secret, address, { ...second, random: Buffer.alloc(32, 3) }],
    ['another server', Buffer.alloc(32, 9), address, second],
    ['a part of it', secret, address, { ...second, cookie: second.cookie.subarray(1) }],
    [
      'one bit of it wrong',
      secret,
      address,
      { ...second, cookie: second.cookie.map((byte, at) => byte ^ +(at === 31)) },
    ],
    ['a hello with the number of the first', secret, address, { ...second, message: 0 }],
  ]
  for (const [what, ...question] of bad) t.equal(bringsCookie(...question), false, what)
})
