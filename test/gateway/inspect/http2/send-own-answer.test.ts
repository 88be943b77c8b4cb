/** sendOwnAnswer and refuseRest, on a server's stream without anything else. */

import { type ClientHttp2Session, connect, createServer, type ServerHttp2Stream } from 'node:http2'
import t, { type Test } from 'tap'
import { refuseRest, sendOwnAnswer } from '../../../../gateway/inspect/http2/send-own-answer.js'
import { ask, read } from '../../../support/h2-world.js'
import { listening } from '../../../support/loopback.js'
import { ownAnswer } from '../../../support/recording-judge.js'

async function clientOf(t: Test, reply: (stream: ServerHttp2Stream) => void): Promise<ClientHttp2Session> {
  const { port, close } = await listening(createServer().on('stream', reply))
  const client = connect(`http://127.0.0.1:${port}`)
  t.teardown(() => {
    client.destroy()
    return close()
  })
  return client
}

void t.test('status, headers and body; no body for HEAD, nor where there is none', async (t) => {
  const client = await clientOf(t, (stream) => sendOwnAnswer(stream, ownAnswer(451, 'no'), true))
  const got = await ask(client, { ':path': '/' })
  t.match(got, { rstCode: 0, headers: { ':status': 451, 'content-type': 'text/plain', 'content-length': '2' } })
  t.equal(got.body.toString(), 'no')
  const head = await ask(client, { ':method': 'HEAD', ':path': '/' })
  t.match(head, { rstCode: 0, headers: { ':status': 451, 'content-length': '2' }, body: { length: 0 } })
  const empty = await clientOf(t, (stream) =>
    sendOwnAnswer(stream, { status: 204, headers: {}, body: Buffer.of() }, true),
  )
  t.match(await ask(empty, { ':path': '/' }), { rstCode: 0, headers: { ':status': 204 }, body: { length: 0 } })
})

void t.test('a request that goes on is refused, after all of the answer', async (t) => {
  const text = 'x'.repeat(300_000)
  const client = await clientOf(t, (stream) => sendOwnAnswer(stream, ownAnswer(403, text), false))
  const stream = client.request({ ':method': 'POST', ':path': '/' })
  stream.write('more will come')
  const got = await read(stream)
  t.match(got, { rstCode: 0, headers: { ':status': 403 } })
  t.equal(got.body.toString(), text)
})

void t.test('trailers leave before the refusal', async (t) => {
  const client = await clientOf(t, (stream) => {
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    stream.on('wantTrailers', () => {
      stream.sendTrailers({ 'x-sum': '1' })
      refuseRest(stream)
    })
    stream.end('x')
  })
  const stream = client.request({ ':method': 'POST', ':path': '/' })
  stream.write('more will come')
  t.match(await read(stream), { rstCode: 0, trailers: { 'x-sum': '1' } })
})

void t.test('nothing is sent, nor thrown, to a client that has gone', async (t) => {
  const gone = new Promise<boolean>((resolve) => {
    void clientOf(t, (stream) => {
      stream.on('error', () => {})
      stream.once('close', () => {
        sendOwnAnswer(stream, ownAnswer(403, 'no'), false)
        resolve(stream.headersSent)
      })
      stream.destroy()
    }).then((client) => ask(client, { ':path': '/' }))
  })
  t.equal(await gone, false)
})
