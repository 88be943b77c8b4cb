import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { contentDirectory, contentFile } from '../../../../scripts/process/trust/content-files.js'

void t.test('the same content is one file, which is never written again', async (t) => {
  const directory = t.testdir()
  const file = contentFile(directory, '.pem', 'text')
  t.match(file, /\/trust-[0-9a-f]{16}\.pem$/)
  writeFileSync(file, 'read by somebody')
  t.equal(contentFile(directory, '.pem', Buffer.from('text')), file)
  t.equal(readFileSync(file, 'utf8'), 'read by somebody')
  t.not(contentFile(directory, '.pem', 'other'), file)
  t.equal(readdirSync(directory).length, 2, 'no half-written file stays')
})

void t.test('a directory is filled once, whatever the umask', async (t) => {
  const directory = t.testdir()
  const umask = process.umask(0o077)
  const fill = (staging: string) => {
    mkdirSync(join(staging, 'in'))
    writeFileSync(join(staging, 'in', 'it'), 'x')
  }
  const made = contentDirectory(directory, 'key', fill)
  t.equal(process.umask(umask), 0o077, 'which is as before')
  t.strictSame(
    ['.', 'in', 'in/it'].map((name) => statSync(join(made, name)).mode & 0o777),
    [0o755, 0o755, 0o644],
  )
  t.equal(
    contentDirectory(directory, 'key', () => t.fail('again')),
    made,
  )
})

void t.test('who was slower takes what is there; what fails leaves nothing', async (t) => {
  const directory = t.testdir()
  const made = contentDirectory(directory, 'key', () => {
    writeFileSync(
      join(
        contentDirectory(directory, 'key', () => {}),
        'first',
      ),
      '',
    )
  })
  t.strictSame(readdirSync(made), ['first'])
  t.throws(
    () =>
      contentDirectory(directory, 'bad', () => {
        throw new Error('no')
      }),
    /no/,
  )
  t.strictSame(readdirSync(directory).length, 1)
  t.throws(() => contentFile(join(directory, 'nowhere'), '', ''), { code: 'ENOENT' })
})
