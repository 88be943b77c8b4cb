/** Members in a zip, judged by Python's zipfile. */

import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type Member, textMember } from '../../../../agent/diag/bundle/member.js'
import { ZipMembers, type ZipOptions } from '../../../../agent/diag/bundle/zip-members.js'
import { lacking } from '../../../support/needs.js'
import { runProgram } from '../../../support/run-program.js'

const options = (more: Partial<ZipOptions> = {}): ZipOptions => ({ mtime: new Date(0), read: () => {}, ...more })

function member(name: string, bytes: Member['bytes'], sourceBytes = 0): Member {
  return { name, from: 'test', sourceBytes, bytes, redactions: () => ['r'], remarks: () => [] }
}

async function* pieces(count: number, piece: Buffer): AsyncGenerator<Buffer> {
  for (let i = 0; i < count; i++) yield piece
}

async function* failing(): AsyncGenerator<Buffer> {
  yield Buffer.from('some')
  throw new Error('the disk is gone')
}

void t.test('what goes in comes out, and is told with its hash', { skip: lacking('python3') }, async (t) => {
  const out: Uint8Array[] = []
  let read = 0
  const zip = new ZipMembers(
    async (bytes) => {
      out.push(bytes)
    },
    options({ read: (bytes) => (read += bytes) }),
  )
  const piece = Buffer.alloc(100_000, 'abcdefg')
  const told = [
    await zip.add(textMember('a.txt', 'here', 'text')),
    await zip.add(member('deep/b.bin', () => pieces(30, piece))),
    await zip.add(member('empty', () => pieces(2, Buffer.alloc(0)))),
    await zip.add(member('large', () => [piece], 2 ** 33)),
  ]
  await zip.end('last.json', '{}')
  const file = join(t.testdir(), 'x.zip')
  writeFileSync(file, Buffer.concat(out))
  const script = `
import zipfile, hashlib, sys
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for i in z.infolist(): print(i.filename, i.file_size, hashlib.sha256(z.read(i)).hexdigest(), oct(i.external_attr >> 16))`
  const { stdout, stderr } = await runProgram('python3', ['-c', script, file])
  t.equal(stderr, '')
  const last = `last.json 2 ${createHash('sha256').update('{}').digest('hex')} 0o100600`
  t.strictSame(stdout.trim().split('\n'), [
    ...told.map((one) => `${one.name} ${one.bytes} ${one.sha256} 0o100600`),
    last,
  ])
  t.match(told[1], { from: 'test', bytes: 3_000_000, redactions: ['r'], remarks: [] })
  t.equal(read, 3_100_004)
})

void t.test('a member that cannot be read fails, and so does a disk that refuses', async (t) => {
  const zip = new ZipMembers(async () => {}, options())
  await t.rejects(zip.add(member('x', failing)), { message: 'the disk is gone' })
  const refused = new ZipMembers(async () => {
    throw new Error('no room')
  }, options())
  await t.rejects(refused.add(member('x', () => pieces(1000, Buffer.alloc(100_000, 'x')))), { message: 'no room' })
  await t.rejects(refused.end('last', ''), { message: 'no room' })
})

void t.test('the signal stops it in the middle of a member, which is closed', async (t) => {
  const stop = new AbortController()
  let closed = false
  const endless = async function* (): AsyncGenerator<Buffer> {
    try {
      for (let i = 0; ; i++) {
        if (i === 50) stop.abort()
        yield Buffer.alloc(1000, 'x')
      }
    } finally {
      closed = true
    }
  }
  const zip = new ZipMembers(async () => {}, options({ signal: stop.signal }))
  await t.rejects(zip.add(member('x', endless)), { name: 'AbortError' })
  t.ok(closed)
})
