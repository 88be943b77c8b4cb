import { STATUS_CODES } from 'node:http'
import t from 'tap'
import { failurePage } from '../../../../gateway/inspect/pages/failure-page.js'

const KNOWN = { host: 'box.com', url: 'https://box.com/', time: '2026-11-24T08:00:00.005Z', requestId: 'request-1' }

void t.test('each status has its word for programs and its title for people', async (t) => {
  const statuses = [400, 408, 413, 431, 502, 504] as const
  const errors = new Set<string>()
  for (const status of statuses) {
    t.ok(STATUS_CODES[status])
    const answer = failurePage({ status, why: 'It reset the connection.', ...KNOWN }, 'application/json')
    t.equal(answer.status, status)
    const { error, ...rest } = JSON.parse(String(answer.body))
    errors.add(error)
    t.strictSame(rest, { message: 'It reset the connection.', status, ...KNOWN })
  }
  t.equal(errors.size, statuses.length)
})

void t.test('what is not known is not shown', async (t) => {
  const unknown = { ...KNOWN, host: '', url: '' }
  t.equal(
    String(failurePage({ status: 400, why: 'Two lengths.', ...unknown }, '').body),
    'This request cannot be read\nTwo lengths.\n\nStatus: 400\nTime: 2026-11-24T08:00:00.005Z\nRequest id: request-1\n',
  )
})

void t.test('hostile words of an origin', async (t) => {
  const why = '<script>alert(1)</script>'
  t.notMatch(String(failurePage({ status: 502, why, ...KNOWN, url: why }, 'text/html').body), /<script/)
})
