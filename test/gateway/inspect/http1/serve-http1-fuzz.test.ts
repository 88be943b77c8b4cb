import fc from 'fast-check'
import t from 'tap'
import { type Inspected, inspected } from '../../../support/inspected-http1.js'
import { allOf } from '../../../support/loopback.js'
import { oddMessages } from '../../../support/odd-messages.js'
import { get, OK, origin, rawOrigin } from '../../../support/proxied-origins.js'

/** Sends bytes on a connection of their own, ends it (or not), and hears what is answered. */
async function say({ client }: Inspected, bytes: Buffer | string, ends: boolean): Promise<string> {
  const socket = await client()
  if (ends) socket.end(bytes)
  else socket.write(bytes)
  const timer = setTimeout(() => socket.destroy(), 20)
  const heard = await allOf(socket)
  clearTimeout(timer)
  socket.destroy()
  return heard
}

void t.test('whatever a client says, the origin hears the requests that were judged, and no other', async (t) => {
  const seen: string[] = []
  const upstream = await origin(t, (req, res) => {
    seen.push(`${req.method} ${req.url}`)
    req.on('error', () => {})
    req.resume()
    res.end('ok')
  })
  const methods = ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'TRACE', 'CONNECT', 'get', 'PRI']
  const targets = [
    '/a HTTP/1.1\r\nHost: x',
    '//b?c HTTP/1.0',
    'http://x/d HTTP/1.1\r\nHost: x',
    '* HTTP/1.1\r\nhost: y',
  ]
  const odd = oddMessages(methods.flatMap((method) => targets.map((target) => `${method} ${target}`)))
  const conversations = fc.array(odd, { minLength: 1, maxLength: 3 }).map((messages) => Buffer.concat(messages))
  await fc.assert(
    fc.asyncProperty(conversations, fc.boolean(), async (bytes, ends) => {
      seen.length = 0
      const lab = await inspected(t, upstream.port)
      await say(lab, bytes, ends)
      const faults = await lab.end()
      const judged = lab.judge.exchanges.map(({ head }) => `${head.method} ${head.target}`)
      return faults.length === 0 && seen.every((request, nth) => request === judged[nth])
    }),
    { numRuns: 150 },
  )
})

void t.test('whatever an origin answers, every exchange ends once and nothing is left', async (t) => {
  let answer: Buffer = Buffer.alloc(0)
  const upstream = await rawOrigin(t, (socket) => void socket.write(answer))
  const statuses = ['200 OK', '204 No', '304 Same', '100 Go', '101 Switch', '000 No', '099 No', '999 ?', '200 O\x01K']
  const odd = oddMessages(statuses.flatMap((status) => [`HTTP/1.1 ${status}`, `HTTP/1.0 ${status}`]))
  const requests = [get('/'), get('/').replace('GET', 'HEAD'), get('/', 'Connection: Upgrade', 'Upgrade: x')]
  requests.push(get('/', 'Content-Length: 2').replace('GET', 'POST').concat('ab'))
  await fc.assert(
    fc.asyncProperty(odd, fc.constantFrom(...requests), async (bytes, request) => {
      answer = bytes
      const lab = await inspected(t, upstream.port)
      await say(lab, request + get('/2'), false)
      return (await lab.end()).length === 0
    }),
    { numRuns: 150 },
  )
  answer = Buffer.from(OK)
  const lab = await inspected(t, upstream.port)
  t.match(await say(lab, get('/'), false), /ok$/)
})
