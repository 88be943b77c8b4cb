import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { SteerError } from '../../../agent/errors.js'
import { isZip, logBytes, readFault, readFileFast } from '../../../scripts/logs/log-bytes.js'
import { cut } from '../../support/cut-bytes.js'
import { heldBytes } from '../../support/memory.js'
import { textOfChunks } from '../../support/text-of-chunks.js'
import { zipOf } from '../../support/zip.js'

/** What logBytes makes of these bytes, in pieces. */
function read(bytes: Uint8Array, sizes: readonly number[] = []): Promise<string> {
  return textOfChunks(logBytes(Readable.from(cut(bytes, sizes)), 'the log'))
}

void t.test('plain bytes and gzip, of one or many members, come out the same', async (t) => {
  const cases: ReadonlyArray<readonly [name: string, bytes: Uint8Array, text: string]> = [
    ['plain', Buffer.from('one\ntwo\n'), 'one\ntwo\n'],
    ['empty', Buffer.alloc(0), ''],
    ['shorter than any magic', Buffer.from('a'), 'a'],
    ['begins like gzip and ends', Buffer.from([0x1f]), '\x1f'],
    ['gzip', gzipSync('one\ntwo\n'), 'one\ntwo\n'],
    ['UTF-16 with a mark', Buffer.from('\ufeff2026 é\n', 'utf16le'), '2026 é\n'],
    ['UTF-16 the other way', Buffer.from('\ufeff2026\n', 'utf16le').swap16(), '2026\n'],
    ['UTF-16 without a mark', Buffer.from('2026\r\n', 'utf16le'), '2026\r\n'],
    ['gzip of nothing', gzipSync(''), ''],
    ['three members', Buffer.concat(['one\n', 'two\n', 'three\n'].map((day) => gzipSync(day))), 'one\ntwo\nthree\n'],
  ]
  for (const [name, bytes, text] of cases) {
    t.equal(await read(bytes), text, name)
    t.equal(await read(bytes, [1]), text, `${name}, byte by byte`)
  }
})

void t.test('a large gzip, read at the speed of its reader, is not gathered in memory', async (t) => {
  const megabytes = 128
  const path = join(t.testdir(), 'nsdebuglog.log.gz')
  const member = gzipSync(Buffer.alloc(1024 * 1024, 'line\n'))
  writeFileSync(path, Buffer.concat(Array.from({ length: megabytes }, () => member)))
  const before = await heldBytes()
  let size = 0
  let most = 0
  for await (const chunk of logBytes(readFileFast(path), path)) {
    if (Math.floor(size / 2 ** 24) !== Math.floor((size + chunk.length) / 2 ** 24)) {
      most = Math.max(most, (await heldBytes()) - before)
    }
    size += chunk.length
  }
  t.equal(size, megabytes * 1024 * 1024)
  t.ok(most < 8 * 1024 * 1024, `${most} bytes held at most`)
})

void t.test('a gzip cut anywhere is refused, after what it gave', async (t) => {
  const first = gzipSync('one\n')
  const bytes = Buffer.concat([first, gzipSync('two\n')])
  for (let length = 2; length < bytes.length; length++) {
    // One byte of the next member is too little to be told from padding.
    if (length === first.length || length === first.length + 1) continue
    await t.rejects(
      read(bytes.subarray(0, length)),
      { code: 'log-damaged', exitCode: 2, message: 'the log is packed and cut off before its end' },
      `${length} of ${bytes.length} bytes`,
    )
  }
  const given: string[] = []
  await t.rejects(async () => {
    for await (const chunk of logBytes(Readable.from([bytes.subarray(0, -1)]), 'it')) given.push(String(chunk))
  })
  t.match(given.join(''), /^one\n/)
})

void t.test('a damaged gzip is refused, and a zip in a stream', async (t) => {
  const bytes = gzipSync('some text\n')
  bytes[bytes.length - 6]! ^= 1
  await t.rejects(read(bytes), { code: 'log-damaged', message: /^the log is packed and damaged: / })
  const zip = zipOf([{ name: 'nsdebuglog.log', content: 'x\n' }])
  await t.rejects(read(zip, [1]), { code: 'log-unreadable', message: /^the log is a zip in a stream/ })
})

void t.test('who stops reading early stops the source too', async (t) => {
  for (const bytes of [Buffer.from('plain text\n'), gzipSync('packed\n')]) {
    const endless = new PassThrough()
    endless.write(bytes)
    for await (const chunk of logBytes(endless, 'it')) {
      t.ok(chunk.length > 0)
      break
    }
    t.ok(endless.destroyed)
  }
})

void t.test('a part of a file', async (t) => {
  const path = join(t.testdir({ file: '0123456789' }), 'file')
  t.equal(await textOfChunks(readFileFast(path, { start: 3, length: 4 })), '3456')
  t.equal(await textOfChunks(readFileFast(path)), '0123456789')
})

void t.test('a zip is told by its first bytes', async (t) => {
  const directory = t.testdir({ plain: 'PK is how it begins', empty: '' })
  writeFileSync(join(directory, 'zip'), zipOf([{ name: 'a', content: 'b' }]))
  writeFileSync(join(directory, 'nothing-in-it'), zipOf([]))
  t.equal(await isZip(join(directory, 'zip')), true)
  t.equal(await isZip(join(directory, 'nothing-in-it')), true)
  t.equal(await isZip(join(directory, 'plain')), false)
  t.equal(await isZip(join(directory, 'empty')), false)
  await t.rejects(isZip(join(directory, 'missing')), { code: 'ENOENT' })
})

void t.test('a fault names the log, and is the mistake of the user', async (t) => {
  const cases: ReadonlyArray<readonly [code: string, fault: string, message: string]> = [
    ['ENOENT', 'log-not-found', 'there is no x.log'],
    ['EACCES', 'log-unreadable', 'cannot read x.log: says who'],
    ['Z_BUF_ERROR', 'log-damaged', 'x.log is packed and cut off before its end'],
    ['Z_DATA_ERROR', 'log-damaged', 'x.log is packed and damaged: says who'],
  ]
  for (const [code, fault, message] of cases)
    t.match(readFault(Object.assign(new Error('says who'), { code }), 'x.log'), { code: fault, exitCode: 2, message })
  const already = new SteerError('other', 'known')
  t.equal(readFault(already, 'x.log'), already, 'what is a fault stays it')
})
