import fc from 'fast-check'
import t from 'tap'
import { compileWildcard } from '../../../../gateway/inspect/policy/wildcard.js'

for (const [pattern, matching, others] of [
  ['chrome.exe', ['chrome.exe'], ['chrome.exe ', 'xchrome.exe', 'Chrome.exe', '']],
  ['*', ['', 'a', '*', '\n'], []],
  ['*@acme.com', ['a@acme.com', '@acme.com'], ['a@acme.com.evil.example', 'a@xacme.com', 'acme.com']],
  ['a*a', ['aa', 'aba', 'aaa'], ['a', 'ab', 'ba']],
  ['*ab*ab', ['abab', 'xabxxab', 'ababab'], ['ab', 'aab', 'ababx']],
  ['/a/*/c/*.exe', ['/a/b/c/d.exe', '/a//c/.exe', '/a/b/x/c/y/d.exe'], ['/a/c/d.exe', '/a/b/c/d.exe.txt']],
  ['a.c', ['a.c'], ['abc']],
  ['(x+)+*', ['(x+)+', '(x+)+y'], ['xxxx']],
  ['a**b', ['ab', 'axb'], ['a', 'b']],
] as const) {
  void t.test(`"${pattern}" matches the whole text`, (t) => {
    const matches = compileWildcard(pattern)
    for (const text of matching) t.ok(matches(text), JSON.stringify(text))
    for (const text of others) t.notOk(matches(text), `not ${JSON.stringify(text)}`)
    t.end()
  })
}

/** The meaning, without a thought for time: a `*` takes nothing, or one character and goes on. */
function slowly(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  if (pattern[0] === '*') return slowly(pattern.slice(1), text) || (text !== '' && slowly(pattern, text.slice(1)))
  return pattern[0] === text[0] && slowly(pattern.slice(1), text.slice(1))
}

void t.test('it says what the slow way says', (t) => {
  const letters = (unit: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...unit), maxLength })
  fc.assert(
    fc.property(letters('ab*', 7), letters('ab', 9), (pattern, text) => {
      t.equal(compileWildcard(pattern)(text), slowly(pattern, text), `${pattern} and ${text}`)
    }),
    { numRuns: 2000 },
  )
  t.end()
})

void t.test('a hostile text costs no more than its length', (t) => {
  const text = 'a'.repeat(1_000_000)
  const matches = compileWildcard(`${'*a'.repeat(100)}*ab*c`)
  const before = performance.now()
  t.notOk(matches(text))
  // Trying every place for every asterisk would take 10^12 steps at the least.
  t.ok(performance.now() - before < 1000, `${performance.now() - before} ms`)
  t.end()
})
