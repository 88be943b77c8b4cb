import t from 'tap'
import { blockPage } from '../../../../gateway/inspect/pages/block-page.js'
import { HOSTILE_NAMES } from '../../../support/hostile-report.js'

const BLOCKED = {
  rule: 'No uploads',
  reason: 'Rule 1 "No uploads" matches: method POST.',
  message: 'Use the company drive.',
  host: 'box.com',
  url: 'https://box.com/upload',
  category: 'Cloud Storage',
  user: 'anna@example.com',
  time: '2026-11-24T08:00:00.005Z',
  requestId: 'request-1',
}

void t.test('as JSON', async (t) => {
  const { status, body } = blockPage(BLOCKED, 'application/json')
  t.equal(status, 403)
  t.strictSame(JSON.parse(String(body)), { error: 'blocked', ...BLOCKED })
})

void t.test('as text', async (t) => {
  t.equal(
    String(blockPage(BLOCKED, '*/*').body),
    `This request is blocked
Use the company drive.

Rule: No uploads
Why: Rule 1 "No uploads" matches: method POST.
Host: box.com
URL: https://box.com/upload
Category: Cloud Storage
User: anna@example.com
Time: 2026-11-24T08:00:00.005Z
Request id: request-1
`,
  )
})

void t.test('a rule that has nothing to say', async (t) => {
  const { message, ...silent } = BLOCKED
  t.ok(message)
  t.match(String(blockPage(silent, '').body), /^This request is blocked\nThe gateway does not let it through\.\n/)
})

void t.test('hostile values in every place, in every form', async (t) => {
  for (const [number, name] of HOSTILE_NAMES.entries()) {
    const hostile = Object.fromEntries(Object.keys(BLOCKED).map((key) => [key, name])) as typeof BLOCKED
    const page = String(blockPage(hostile, 'text/html').body)
    t.notMatch(page, /<script|<img|onmouseover="|<\/textarea/i, `hostile name ${number}`)
    const { error, ...values } = JSON.parse(String(blockPage(hostile, 'application/json').body))
    t.equal(error, 'blocked')
    t.strictSame(values, hostile, 'JSON gives them back')
    t.equal(String(blockPage(hostile, '').body).split('\n').length, 12, 'text stays on its lines')
  }
})
