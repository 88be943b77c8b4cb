/** serveHttp2 with curl, a client that is not ours. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { curl } from '../../../support/curl.js'
import { h2World, type OriginReply } from '../../../support/h2-world.js'
import { ownAnswer, recordingJudge } from '../../../support/recording-judge.js'

const MIB = 1024 * 1024

/** Answers with what it got: method, bytes of the body; or with as many bytes as asked for. */
const origin: OriginReply = (stream, headers) => {
  let bytes = 0
  stream.on('data', (piece: Buffer) => (bytes += piece.length))
  stream.on('end', () => {
    const [, path, size] = headers[':path']!.split('/')
    stream.respond({ ':status': 200, 'x-method': headers[':method'] })
    if (stream.writableEnded) return
    stream.end(path === 'bytes' ? Buffer.alloc(Number(size)) : `${headers[':method']} ${bytes}`)
  })
}

void t.test('curl over TLS', async (t) => {
  const judge = recordingJudge({
    instead: ({ target }) => (target === '/blocked' ? ownAnswer(403, 'blocked') : undefined),
  })
  const { port, certificate } = await h2World(t, origin, { judge })
  const site = `https://localhost:${port}`
  const ask = (...args: string[]): ReturnType<typeof curl> => {
    return curl('--http2', '--cacert', certificate.caFile, '--ipv4', ...args)
  }

  t.match(await ask('-w', ' %{http_version} %{http_code}', `${site}/`), { exitCode: 0, stdout: 'GET 0 2 200' })
  t.match(await ask('-I', `${site}/`), { exitCode: 0, stdout: /x-method: HEAD/ })
  t.match(await ask('-w', '%{size_download}', '-o', '/dev/null', `${site}/bytes/${8 * MIB}`), {
    exitCode: 0,
    stdout: String(8 * MIB),
  })

  const file = join(t.testdirName, 'body')
  writeFileSync(file, Buffer.alloc(8 * MIB))
  t.match(await ask('-T', file, `${site}/`), { exitCode: 0, stdout: `PUT ${8 * MIB}` })
  const blocked = await ask('-T', file, '-w', ' %{http_code}', `${site}/blocked`)
  t.match(blocked, { exitCode: 0, stdout: 'blocked 403' }, 'a page for a client that is still sending')

  const many = Array.from({ length: 50 }, (_, number) => [`${site}/bytes/${number}`, '-o', '/dev/null']).flat()
  const { exitCode, stdout } = await ask('--parallel', '-w', '%{size_download}\n', ...many)
  t.equal(exitCode, 0)
  t.equal(
    stdout.split('\n').reduce((sum, line) => sum + Number(line), 0),
    (50 * 49) / 2,
  )
  t.ok(judge.exchanges.every(({ ends }) => ends.join() === 'done' || ends.join() === 'own-answer'))
})
