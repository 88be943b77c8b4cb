import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { browserArguments, findBrowser } from '../../../scripts/process/browser.js'

void t.test('a browser is found in the search path', async (t) => {
  const directory = t.testdir({ a: { chrome: '', chromium: '' }, b: { 'google-chrome': '' }, c: {} })
  const [a, b, c] = ['a', 'b', 'c'].map((name) => join(directory, name)) as [string, string, string]
  for (const file of [join(a, 'chrome'), join(b, 'google-chrome')]) chmodSync(file, 0o755)
  t.equal(findBrowser(`${c}:${a}`), join(a, 'chrome'), 'a file that is no program is passed by')
  t.equal(findBrowser(`${a}:${b}`), join(b, 'google-chrome'), 'by the order of the names first')
  for (const path of [c, '', '/nowhere'])
    t.throws(() => findBrowser(path), { code: 'no-browser', message: /apt-get install/ })
})

void t.test('a browser is started with a profile of its own and nothing around the agent', async (t) => {
  const args = browserArguments('/p', false)
  t.ok(args.includes('--user-data-dir=/p'))
  t.ok(args.includes('--disable-quic') && args.includes('--dns-over-https-mode=off'))
  t.notOk(args.includes('--no-sandbox'), 'in its sandbox')
  t.strictSame(browserArguments('/p', true), [...args, '--no-sandbox'], 'unless there can be none')
})
