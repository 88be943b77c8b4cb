/** Passwords from a terminal, which is played here, and from a pipe. */

import { PassThrough, Writable } from 'node:stream'
import t from 'tap'
import { askPassword, type PasswordSource } from '../../../scripts/process/ask-password.js'

/** A terminal: what is typed, what it shows, and whether it echoes. */
function terminal() {
  const modes: boolean[] = []
  const source = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (mode: boolean) => modes.push(mode) })
  const shown = new PassThrough()
  return { source, shown, modes, text: () => String(shown.read() ?? '') }
}

void t.test('a terminal shows the prompt and nothing that is typed', async (t) => {
  const { source, shown, modes, text } = terminal()
  const asked = askPassword('Password: ', source, shown)
  for (const key of ['s', 'e', 'x', '\u007f', 'ü', '\u0008', 'c', 'ret', '\r']) source.write(key)
  t.equal(await asked, 'secret')
  t.equal(text(), 'Password: \n')
  t.strictSame(modes, [true, false], 'and echoes again afterwards')
})

void t.test('the echo is off before the prompt is there', async (t) => {
  const { source, modes } = terminal()
  const seen: (boolean | undefined)[] = []
  const shown = new Writable({
    write: (_chunk, _encoding, done) => {
      seen.push(modes.at(-1))
      done()
    },
  })
  source.write('\r')
  await askPassword('Password: ', source, shown)
  t.strictSame(seen, [true, false], 'and on again with the end of the line')
})

void t.test('keys of a terminal', async (t) => {
  const lines: readonly [typed: string, password: string][] = [
    ['wrong\u0015right\r', 'right'],
    ['abc\u0004', 'abc'],
    ['\n', ''],
    ['\u007f\u007fa\n', 'a'],
    ['😀x\u007f\u007fy\r', 'y'],
  ]
  for (const [typed, password] of lines) {
    const { source, shown } = terminal()
    source.write(typed)
    t.equal(await askPassword('', source, shown), password, JSON.stringify(typed))
  }
  const { source, shown, modes } = terminal()
  source.write('abc\u0003')
  await t.rejects(askPassword('', source, shown), { code: 'interrupted', exitCode: 1 })
  t.equal(modes.at(-1), false)
})

void t.test('two in a row, pasted at once', async (t) => {
  const { source, shown } = terminal()
  source.write('one\rtwo\r')
  t.equal(await askPassword('', source, shown), 'one')
  t.equal(await askPassword('', source, shown), 'two')
})

const piped = (...chunks: readonly (string | Buffer)[]): PasswordSource => {
  const source = new PassThrough()
  for (const chunk of chunks) source.write(chunk)
  source.end()
  return source
}

void t.test('from a pipe it is the first line, and no prompt is shown', async (t) => {
  const shown = new PassThrough()
  const cases: readonly [source: PasswordSource, password: string][] = [
    [piped('secret\nmore\n'), 'secret'],
    [piped('se', 'cret'), 'secret'],
    [piped('secret\r\n'), 'secret'],
    [piped(Buffer.from('c3', 'hex'), Buffer.from('bc0a', 'hex')), 'ü'],
    [piped('a\u007fb\n'), 'a\u007fb'],
    [piped(), ''],
  ]
  for (const [source, password] of cases) t.equal(await askPassword('Password: ', source, shown), password)
  t.equal(shown.read(), null)
})
