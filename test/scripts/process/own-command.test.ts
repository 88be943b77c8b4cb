import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import t from 'tap'
import { ownCommand, shellWord } from '../../../scripts/process/own-command.js'

void t.test('how a user calls this program again', async (t) => {
  const args = ['run', '--', 'curl', '-s', 'https://box.com/whoami']
  const tail = args.join(' ')
  t.equal(ownCommand('/usr/local/bin/steerlab', args), `steerlab ${tail}`, 'installed, by its name')
  t.equal(ownCommand('/p/build/scripts/cli.js', args), `node /p/build/scripts/cli.js ${tail}`, 'else by its file')
  t.equal(
    ownCommand('/p q/cli.js', ['--home', "/it's"]),
    `node '/p q/cli.js' --home '/it'\\''s'`,
    'quoted where it must be',
  )
})

void t.test('a shell reads a word back as it was', async (t) => {
  for (const plain of ['curl', '/a/b-c_d.e', 'k=v', 'https://box.com:443/a', '1%'])
    t.equal(shellWord(plain), plain, 'plain words stay')
  const words = fc.array(
    fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(words, (texts) => {
      const line = `printf '%s\\0' ${texts.map(shellWord).join(' ')}`
      const read = execFileSync('sh', ['-c', line], { encoding: 'utf8' }).split('\0').slice(0, -1)
      return JSON.stringify(read) === JSON.stringify(texts.length === 0 ? [''] : texts)
    }),
    { numRuns: 200 },
  )
  t.pass('whatever it holds')
})
