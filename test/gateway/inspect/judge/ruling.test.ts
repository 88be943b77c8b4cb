import t from 'tap'
import { judgedRequest } from '../../../../gateway/inspect/judge/judged-request.js'
import { blockAnswer, blockedBySetting, NOTSKOPE_RULING } from '../../../../gateway/inspect/judge/ruling.js'
import { DEFAULT_INSPECT_SETTINGS, type ErrorSetting } from '../../../../gateway/inspect/settings/settings.js'
import { CONNECTION, HEAD, judgingWorld, PLAIN } from '../../../support/judged.js'

const request = judgedRequest(CONNECTION, { ...HEAD, accept: 'application/json' }, judgingWorld().parts)

void t.test('every error setting has a name on the block page', async (t) => {
  const settings = Object.keys(DEFAULT_INSPECT_SETTINGS.errors) as ErrorSetting[]
  const names = settings.map((setting) => blockedBySetting(setting, 'Why.').verdict.rule)
  for (const [index, setting] of settings.entries())
    t.match(names[index], new RegExp(`^[A-Z].+ \\(errors\\.${setting}\\)$`))
  t.equal(new Set(names).size, settings.length)
  t.match(blockedBySetting('expired', 'It expired.'), {
    action: 'refused',
    verdict: { action: 'block', rule: 'Expired certificate (errors.expired)', reason: 'It expired.' },
  })
})

void t.test('notskope.com says whether TLS was taken off', async (t) => {
  const plain = judgedRequest(PLAIN, { ...HEAD, accept: 'application/json' }, judgingWorld().parts)
  t.equal(JSON.parse(String(NOTSKOPE_RULING.answer(request).body)).decrypted, true)
  t.equal(JSON.parse(String(NOTSKOPE_RULING.answer(plain).body)).decrypted, false)
})

void t.test('the block page says what is known of the request', async (t) => {
  const verdict = { action: 'block', rule: 'No box', reason: 'It matches.', message: 'Use the drive.' } as const
  t.strictSame(JSON.parse(String(blockAnswer(request, verdict).body)), {
    error: 'blocked',
    message: 'Use the drive.',
    rule: 'No box',
    reason: 'It matches.',
    host: 'box.com',
    url: 'https://box.com/files/a?b=c',
    category: 'Cloud Storage',
    user: 'anna@example.com',
    time: '2026-11-24T08:00:00.005Z',
    requestId: 'request-1',
  })
})
