import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import t from 'tap'
import { StandardOutput } from '../../../scripts/logs/generate-stdout.js'

const PIPE = openSync('/dev/null', 'w')

void t.test('bytes are taken before the next are asked for', async (t) => {
  const taken: string[] = []
  const slow = new Writable({
    highWaterMark: 1,
    write: (bytes: Buffer, _encoding, done) => {
      setImmediate(() => {
        taken.push(bytes.toString())
        done()
      })
    },
  })
  const output = new StandardOutput(slow, PIPE)
  t.equal(output.logOf(), output, 'one log for all endpoints')
  await output.write(Buffer.from('one\n'))
  t.strictSame(taken, ['one\n'])
  output.cutTo(0)
  await output.write(Buffer.from('two\n'))
  t.strictSame(taken, ['one\n', 'two\n'], 'what is in a pipe stays there')
  t.equal(output.close().size, 0)
})

void t.test('a write that fails says so, and nobody else does', async (t) => {
  const gone = new Writable({
    write: (_bytes, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
  })
  await t.rejects(new StandardOutput(gone, PIPE).write(Buffer.from('x')), { code: 'EPIPE' })
})

void t.test('a file is written to itself, and cut back', async (t) => {
  const path = join(t.testdir(), 'some.log')
  const stream = new Writable({ write: () => t.fail('not by the stream') })
  const output = new StandardOutput(stream, openSync(path, 'w'))
  await output.write(Buffer.from('one\n'))
  const { size } = output
  await output.write(Buffer.from('tw'))
  output.cutTo(size)
  t.equal(readFileSync(path, 'utf8'), 'one\n')
})
