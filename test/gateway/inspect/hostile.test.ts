/** Too much and too little, from clients and from origins: bounded in memory and time, and nobody else notices. */

import { once } from 'node:events'
import { constants } from 'node:http2'
import { buffer, text } from 'node:stream/consumers'
import { gunzipSync, gzipSync, constants as zlib } from 'node:zlib'
import t, { type Test } from 'tap'
import { closed } from '../../support/loopback.js'
import { heldBytes } from '../../support/memory.js'
import { h1Request, h2Session, ownSite, PROTOCOLS } from '../../support/own-site.js'
import { h2Frame, literalFields, PREFACE, readFrames } from '../../support/raw-h2.js'
import { OWN_HOST } from '../../support/recording-origin.js'
import { textOf } from '../../support/text-of.js'
import { waitUntil } from '../../support/wait-until.js'

const MIB = 1024 * 1024

/** Longer than any head may be, bytes. */
const BOMB = 'x'.repeat(70_000)

/** 64 MiB of zeros in 64 KB. */
const PACKED = gzipSync(Buffer.alloc(64 * MIB), { level: zlib.Z_BEST_COMPRESSION })

const asked: string[] = []
const { lab, server } = await ownSite(t, {
  '/packed': (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(PACKED),
  '/kept': (request, response) => {
    void buffer(request).then((body) => response.end(String(body.equals(PACKED))))
  },
  '/bomb': (_request, response) => response.writeHead(200, { 'x-bomb': BOMB }).end('boom'),
  '/bombs': (_request, response) => {
    const fields = Array.from({ length: 2000 }, (_, n) => [`x-${n}`, 'x'.repeat(40)])
    response.writeHead(200, Object.fromEntries(fields)).end('boom')
  },
})
server.on('request', ({ url }) => asked.push(url))

/** Another client, on another connection, is served as ever. */
async function othersAreServed(t: Test): Promise<void> {
  const begun = performance.now()
  t.match(await lab.get('box.com', '/whoami'), /^HTTP\/1\.1 200 [\s\S]*"host":"box\.com"/)
  t.ok(performance.now() - begun < 2000, 'others are served meanwhile')
}

void t.test('a packed body is not unpacked', async (t) => {
  const before = await heldBytes()
  for (const protocol of PROTOCOLS) {
    if (protocol === 'h2') {
      const session = await h2Session(t, lab)
      const down = session.request({ ':path': '/packed', 'accept-encoding': 'gzip' })
      t.ok((await buffer(down)).equals(PACKED), 'down over HTTP/2')
      const up = session.request({ ':path': '/kept', ':method': 'POST', 'content-encoding': 'gzip' })
      up.end(PACKED)
      t.equal(await text(up), 'true', 'and up')
      session.destroy()
      continue
    }
    const [down] = await once((await h1Request(lab, '/packed')).end(), 'response')
    const body = await buffer(down)
    t.ok(body.equals(PACKED), 'down over HTTP/1.1')
    t.equal(gunzipSync(body).length, 64 * MIB)
    const request = await h1Request(lab, '/kept', { method: 'POST', headers: { 'content-encoding': 'gzip' } })
    const [up] = await once(request.end(PACKED), 'response')
    t.equal(await text(up), 'true', 'and up')
  }
  const grown = (await heldBytes()) - before
  t.ok(grown < 32 * MIB, `${grown} bytes are held`)
})

void t.test('a request whose head is too long', async (t) => {
  for (const [what, head] of [
    ['one long header', `x-bomb: ${BOMB}\r\n`],
    ['many headers', Array.from({ length: 2000 }, (_, n) => `x-${n}: ${'x'.repeat(40)}\r\n`).join('')],
    ['a long target', undefined],
    ['no end', `x-bomb: ${BOMB.repeat(20)}`],
  ] as const)
    await t.test(`over HTTP/1.1: ${what}`, async (t) => {
      const client = await lab.tls(OWN_HOST, { ALPNProtocols: ['http/1.1'] })
      const answer = textOf(client)
      client.write(`GET /${head === undefined ? BOMB : ''} HTTP/1.1\r\nHost: ${OWN_HOST}\r\n${head ?? ''}`)
      if (what !== 'no end') client.write('\r\n')
      t.match(await answer, /^HTTP\/1\.1 431 /)
      await othersAreServed(t)
      client.destroy()
    })
  for (const [when, knows] of [
    ['that knows no bound yet', false],
    ['that knows the bound', true],
  ] as const)
    await t.test(`over HTTP/2, of a client ${when}`, async (t) => {
      const session = await h2Session(t, lab)
      if (knows) await once(session, 'remoteSettings')
      const stream = session.request({ ':path': '/', 'x-bomb': BOMB })
      const [head] = await Promise.all([once(stream, 'response').catch(() => [{}]), closed(stream.resume())])
      if (knows) t.equal(stream.rstCode, constants.NGHTTP2_ENHANCE_YOUR_CALM)
      else t.equal(head[0][':status'], 431)
      await othersAreServed(t)
    })
  await t.test('over HTTP/2, without an end', async (t) => {
    const client = await lab.tls(OWN_HOST, { ALPNProtocols: ['h2'] })
    const said: string[] = []
    readFrames(client, 0, ({ type }) => said.push(type))
    const fields = literalFields(Array.from({ length: 150 }, () => ['x-bomb', 'x'.repeat(100)] as const))
    client.write(Buffer.concat([PREFACE, h2Frame('SETTINGS', 0, 0, Buffer.alloc(0)), h2Frame('HEADERS', 0, 1, fields)]))
    let bytes = 0
    for (; !said.includes('GOAWAY') && bytes < 100 * MIB; bytes += fields.length) {
      if (!client.write(h2Frame('CONTINUATION', 0, 1, fields)))
        await Promise.race([once(client, 'drain'), waitUntil(() => said.includes('GOAWAY'))])
    }
    t.ok(bytes < MIB, `the gateway has had enough after ${bytes} bytes at most`)
    await othersAreServed(t)
    client.destroy()
  })
  t.notOk(
    asked.some((url) => url === '/' || url.length > 1000),
    'the origin was never asked',
  )
})

void t.test('an answer whose head is too long', async (t) => {
  for (const path of ['/bomb', '/bombs']) {
    const [answer] = await once((await h1Request(lab, path)).end(), 'response')
    t.equal(answer.statusCode, 502, `${path} over HTTP/1.1`)
    t.notMatch(await text(answer), 'boom')

    const stream = (await h2Session(t, lab)).request({ ':path': path })
    await t.rejects(once(stream, 'response'), /ENHANCE_YOUR_CALM/, `${path} over HTTP/2`)
    const url = `https://${OWN_HOST}:443${path}`
    t.match(await lab.recorded({ url, protocol: 'h2' }), { action: 'failed', status: 502 })
    await othersAreServed(t)
  }
})
