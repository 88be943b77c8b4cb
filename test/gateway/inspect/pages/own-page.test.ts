import t from 'tap'
import { ownPage } from '../../../../gateway/inspect/pages/own-page.js'
import type { PageContent } from '../../../../gateway/inspect/pages/page-content.js'

const CONTENT: PageContent = {
  status: 403,
  mark: { error: 'blocked' },
  title: 'This is a title',
  message: 'Two\nlines.',
  facts: [
    ['host', 'Host', 'bücher.example'],
    ['empty', 'Empty', ''],
    ['session', 'Session', 0],
    ['decrypted', 'Decrypted', false],
  ],
}

void t.test('three forms that say the same', async (t) => {
  t.equal(
    String(ownPage(CONTENT, '*/*').body),
    'This is a title\nTwo lines.\n\nHost: bücher.example\nSession: 0\nDecrypted: no\n',
  )
  t.equal(
    String(ownPage(CONTENT, 'application/json').body),
    '{"error":"blocked","message":"Two\\nlines.","host":"bücher.example","empty":"","session":0,"decrypted":false}\n',
  )
  t.match(String(ownPage(CONTENT, 'text/html').body), /<dt>Session<\/dt><dd id="session">0<\/dd>/)
})

void t.test('headers: what it is, how long, kept by nobody, and nothing may run', async (t) => {
  for (const [accept, type] of [
    ['text/html', 'text/html; charset=utf-8'],
    ['application/json', 'application/json'],
    ['', 'text/plain; charset=utf-8'],
  ] as const) {
    const { status, headers, body } = ownPage(CONTENT, accept)
    t.equal(status, 403)
    t.strictSame(headers, {
      'content-type': type,
      'content-length': String(body.length),
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
    })
  }
})

void t.test('what a terminal would obey is not in the text', async (t) => {
  const message = 'clear \u001b[2J title \u001b]0;x\u0007 csi \u009b1A right to left \u202e return \r end'
  const text = String(ownPage({ ...CONTENT, message, facts: [['host', 'Host', message]] }, '').body)
  t.notMatch(text.replaceAll('\n', ''), /\p{C}/u)
  t.match(text, /clear \?\[2J title/)
})

void t.test('long values are cut in every form', async (t) => {
  const long = `${'x'.repeat(100_000)}end`
  for (const accept of ['text/html', 'application/json', '']) {
    const { body } = ownPage({ ...CONTENT, message: long, facts: [['url', 'URL', long]] }, accept)
    t.ok(body.length < 10_000, `${accept}: ${body.length} bytes`)
    t.match(String(body), /x…/)
  }
})
