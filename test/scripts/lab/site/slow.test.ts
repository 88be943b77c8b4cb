/** Pages that take their time, and stop when nobody listens any more. */

import t from 'tap'
import { testOrigins } from '../../../support/lab-origins.js'
import { lacking } from '../../../support/needs.js'

const skip = lacking('curl')
const origins = await testOrigins()
t.teardown(() => origins.close())
const base = () => `http://127.0.0.1:${origins.http.port}`
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

void t.test('slow answers after the time asked for', async (t) => {
  const start = performance.now()
  const answer = await fetch(`${base()}/slow?ms=300`)
  t.match(await answer.json(), { path: '/slow', from: '127.0.0.1' })
  const took = performance.now() - start
  t.ok(took >= 295, `${took} ms`)
})

void t.test('a client that gives up stops the clock', async (t) => {
  const before = timers()
  const controller = new AbortController()
  const pages = ['/slow?ms=60000', '/sse?count=10000&ms=60000']
  const visits = pages.map((page) =>
    fetch(base() + page, { signal: controller.signal }).then((answer) => answer.text()),
  )
  while (timers() < before + 2) await new Promise((resolve) => setImmediate(resolve))
  controller.abort()
  await Promise.all(visits.map((visit) => t.rejects(visit, { name: 'AbortError' })))
  while (timers() > before) await new Promise((resolve) => setImmediate(resolve))
  t.pass('no timer of ours is left')
})

void t.test('server-sent events come one by one and end', { skip }, async (t) => {
  for (const way of [['http://box.com'], ['--http1.1', 'https://box.com'], ['--http2', 'https://box.com']]) {
    const url = `${way.at(-1)}/sse?count=3&ms=20`
    const { stdout } = await origins.curl('-N', '-w', '%{content_type}', ...way.slice(0, -1), url)
    const events = [1, 2, 3].map((n) => `id: ${n}\ndata: event ${n} of 3\n\n`).join('')
    t.equal(stdout, `${events}text/event-stream`, way.join(' '))
  }
})

void t.test('the first event does not wait for the second', async (t) => {
  const controller = new AbortController()
  const answer = await fetch(`${base()}/sse?count=2&ms=60000`, { signal: controller.signal })
  const first = await answer.body?.getReader().read()
  t.equal(Buffer.from(first?.value ?? []).toString(), 'id: 1\ndata: event 1 of 2\n\n')
  controller.abort()
})

void t.test('no events at all is an answer too', async (t) => {
  t.equal(await (await fetch(`${base()}/sse?count=0`)).text(), '')
})
