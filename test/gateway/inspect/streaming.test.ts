/** What flows while it is made: it passes the gateway at once, in both protocols, and ends at once. */

import { EventEmitter, once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { constants } from 'node:http2'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { flowDoor } from '../../support/flow-door.js'
import { lacking } from '../../support/needs.js'
import { h1Request, h2Session, ownSite, PROTOCOLS, type Protocol } from '../../support/own-site.js'
import { OWN_HOST } from '../../support/recording-origin.js'
import { runProgram } from '../../support/run-program.js'
import { waitUntil } from '../../support/wait-until.js'

/** Longest time from the origin to the client, ms, for half of the events. */
const EVENT_MS = 20
const EVENTS = 50

/** Longest time until the origin knows that the client has left, ms. */
const ABORT_MS = 1000

/** What the site is in the middle of, by name of the event. */
const site = new EventEmitter()

const { lab, server, connections } = await ownSite(t, {
  '/events': (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    site.emit('/events', response)
  },
  '/trailers': (request, response) => {
    void text(request).then((body) => {
      response.writeHead(200, { trailer: 'x-after' })
      response.write(`${body} ${request.trailers['x-sent']}`)
      response.addTrailers({ 'x-after': 'the end' })
      response.end()
    })
  },
  '/endless': (request, response) => {
    site.emit('/endless', once(response, 'close'))
    request.resume()
    response.writeHead(200)
    const pump = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384)));
    }
    response.on('drain', pump)
    pump()
  },
  '/silent': (request, response) => {
    site.emit('/silent', once(response, 'close'))
    request.resume()
  },
  '/taken': (request, response) => {
    void text(request).then((body) => response.end(`${body.length} bytes`))
  },
})
server.on('checkContinue', (request, response) => {
  if (request.url === '/refused') {
    response.writeHead(413)
    response.end('too much')
    return
  }
  response.writeContinue()
  server.emit('request', request, response)
})

/** Asks: the answer's body as it comes, and how to leave. */
async function ask(t: Test, protocol: Protocol, path: string): Promise<{ answer: Promise<Readable>; leave(): void }> {
  if (protocol === 'h2') {
    const stream = (await h2Session(t, lab)).request({ ':path': path })
    stream.on('error', () => {})
    return { answer: once(stream, 'response').then(() => stream), leave: () => stream.close(constants.NGHTTP2_CANCEL) }
  }
  const request = (await h1Request(lab, path)).end()
  const answer = once(request, 'response').then(([response]) => {
    response.on('error', () => {})
    return response
  })
  answer.catch(() => {})
  return { answer, leave: () => request.destroy() }
}

for (const protocol of PROTOCOLS)
  void t.test(`a server-sent event over ${protocol} is there ${EVENT_MS} ms after it was sent`, async (t) => {
    const begun = once(site, '/events') as Promise<[ServerResponse]>
    const { answer: asked } = await ask(t, protocol, '/events')
    const [response] = await begun
    response.write(': \n\n')
    const answer = await asked
    await once(answer, 'data')
    const times: number[] = []
    for (let event = 0; event < EVENTS; event += 1) {
      const sent = performance.now()
      response.write(`data: ${event}\n\n`)
      const [bytes] = await once(answer, 'data')
      times.push(performance.now() - sent)
      t.equal(String(bytes), `data: ${event}\n\n`)
    }
    const median = times.sort((a, b) => a - b)[EVENTS / 2]!
    t.ok(median <= EVENT_MS, `half of them after ${median.toFixed(2)} ms`)
    response.end()
    await once(answer, 'end')
  })

void t.test('trailers pass both ways over http/1.1', async (t) => {
  const request = await h1Request(lab, '/trailers', { method: 'POST', headers: { trailer: 'x-sent' } })
  request.write('body')
  request.addTrailers({ 'x-sent': 'sum' })
  request.end()
  const [response] = await once(request, 'response')
  t.equal(await text(response), 'body sum')
  t.strictSame(response.trailers, { 'x-after': 'the end' })
})

void t.test('and over h2', async (t) => {
  const stream = (await h2Session(t, lab)).request(
    { ':path': '/trailers', ':method': 'POST' },
    { waitForTrailers: true },
  )
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sent': 'sum' }))
  const trailers = once(stream, 'trailers')
  stream.end('body')
  t.equal(await text(stream), 'body sum')
  t.match((await trailers)[0], { 'x-after': 'the end' })
})

void t.test('curl', { skip: lacking('curl') }, async (t) => {
  const port = await flowDoor(t, lab, OWN_HOST)
  const way = ['--connect-to', `${OWN_HOST}:443:127.0.0.1:${port}`, '--cacert', lab.tenant.paths.root]
  const curl = (...args: string[]) => runProgram('curl', ['-q', '-sS', '--max-time', '9', ...way, ...args])
  const url = `https://${OWN_HOST}`
  const upload = [
    '-H',
    'Expect: 100-continue',
    '--expect100-timeout',
    '8',
    '-T',
    lab.tenant.paths.root,
    '-v',
    '--http1.1',
  ]

  for (const version of ['http1.1', 'http2'])
    await t.test(`sees trailers over ${version}`, async (t) => {
      const { stdout } = await curl(`--${version}`, '-d', 'body', '-D', '-', `${url}/trailers`)
      t.match(stdout, /x-after: the end\r\n/)
    })
  await t.test('is told to go on', async (t) => {
    const { stdout, stderr } = await curl(...upload, `${url}/taken`)
    t.match(stderr, /^< HTTP\/1\.1 100 Continue/m, 'by the origin')
    t.match(stdout, /^\d+ bytes$/)
  })
  await t.test('or not to, and keeps its body', async (t) => {
    const { stdout, stderr } = await curl(...upload, `${url}/refused`)
    t.match(stderr, /^< HTTP\/1\.1 413 /m)
    t.notMatch(stderr, '100 Continue')
    t.equal(stdout, 'too much')
  })
})

void t.test('a client that leaves is not waited for', async (t) => {
  for (const protocol of PROTOCOLS)
    for (const path of ['/endless', '/silent'])
      await t.test(`${path} over ${protocol}`, async (t) => {
        const begun = once(site, path) as Promise<[Promise<unknown>]>
        const { answer, leave } = await ask(t, protocol, path)
        if (path === '/endless') await once(await answer, 'data')
        const [over] = await begun
        const left = performance.now()
        leave()
        await over
        const ms = performance.now() - left
        t.ok(ms < ABORT_MS, `the origin is told after ${ms.toFixed()} ms`)
      })
  await waitUntil(() => connections() === 0, ABORT_MS)
  t.equal(connections(), 0, 'and no connection to it is left')
})
