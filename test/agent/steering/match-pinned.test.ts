import t from 'tap'
import type { PinnedEntry } from '../../../agent/steering/match-pinned.js'
import { compileProcessPattern, PinnedMatcher } from '../../../agent/steering/match-pinned.js'

/** An entry that is told apart by its appName. */
function entry(
  appName: string,
  processName: string,
  domains: readonly string[],
  more: Partial<PinnedEntry> = {},
): PinnedEntry {
  const rule = { file: 'nsbypass.json', path: '$.certPinnedAppList[0]' } as const
  return {
    appName,
    processName,
    isPattern: false,
    domains,
    action: 'bypass',
    mode: 'direct',
    tunnelDomains: [],
    rule,
    ...more,
  }
}

void t.test('process and host together choose the app (client-behaviour 2.5)', async (t) => {
  const pinned = new PinnedMatcher([
    entry('box', 'Box.exe', ['box.com']),
    entry('box-cdn', 'Box.exe', ['boxcdn.net']),
    entry('helper', '^google .* helper$', ['google.com'], { isPattern: true }),
    entry('certutil', 'certutil.exe', ['*']),
    entry('blocked', 'opera', ['opera.com'], { action: 'block' }),
    entry('late', 'BOX.EXE', ['*']),
    entry('brackets', 'a(b)', ['*']),
  ])
  const cases: [sentence: string, process: string, host: string, app: string | undefined][] = [
    ['the process and a host below its domain', 'Box.exe', 'www.box.com', 'box'],
    ['the process in other letters', 'bOX.EXE', 'box.com', 'box'],
    ['another entry of the same process', 'Box.exe', 'cdn.boxcdn.net', 'box-cdn'],
    ['the same process to other hosts falls to a later entry', 'Box.exe', 'example.com', 'late'],
    ['a longer process name is another process', 'Box.exe.exe', 'box.com', undefined],
    ['a path is not a process name', '/usr/bin/Box.exe', 'box.com', undefined],
    ['a pattern', 'google chrome helper', 'www.google.com', 'helper'],
    ['a pattern ignores case', 'Google Chrome Helper', 'www.google.com', 'helper'],
    ['a pattern that does not fit', 'google chrome', 'www.google.com', undefined],
    ['a pattern and a host outside its domains', 'google chrome helper', 'box.com', undefined],
    ['* takes any host', 'certutil.exe', 'anything.example', 'certutil'],
    ['* takes the empty host', 'certutil.exe', '', 'certutil'],
    ['a domain does not take the empty host', 'google chrome helper', '', undefined],
    ['block ignores app_domains', 'opera', 'example.com', 'blocked'],
    ['a name that is not marked as pattern is none', 'ab', 'example.com', undefined],
    ['but stands for itself', 'a(b)', 'example.com', 'brackets'],
    ['an unknown process', 'unknown', 'box.com', undefined],
    ['an empty process', '', 'box.com', undefined],
  ]
  for (const [sentence, process, host, app] of cases) t.equal(pinned.match(process, host)?.entry.appName, app, sentence)
})

void t.test('the first entry of the file wins, whether name or pattern', async (t) => {
  const pattern = entry('pattern', 'cur', ['*'], { isPattern: true })
  const name = entry('name', 'curl', ['*'])
  t.equal(new PinnedMatcher([pattern, name]).match('curl', '')?.entry.appName, 'pattern')
  t.equal(new PinnedMatcher([name, pattern]).match('curl', '')?.entry.appName, 'name')
})

void t.test('patterns are bounded', async (t) => {
  t.ok(compileProcessPattern('^a'.padEnd(200, 'a')), '200 characters')
  t.equal(compileProcessPattern('^a'.padEnd(201, 'a')), undefined, '201 characters')
  t.equal(compileProcessPattern('(unclosed'), undefined, 'not a regular expression')
  const any = new PinnedMatcher([entry('any', '.*', ['*'], { isPattern: true })])
  t.equal(any.match('x'.repeat(255), '')?.entry.appName, 'any', 'a file name of 255 characters is matched')
  t.equal(any.match('x'.repeat(256), ''), undefined, 'a longer name is nobody')
})
