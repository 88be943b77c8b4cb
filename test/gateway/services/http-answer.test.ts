/** Answers of the HTTP services. */

import t from 'tap'
import { failure, json, text, withHeaders } from '../../../gateway/services/http-answer.js'

void t.test('each kind of answer says what it is', (t) => {
  t.strictSame(text('a', 'text/plain'), { status: 200, headers: { 'content-type': 'text/plain' }, body: 'a' })
  t.strictSame(json({ a: 1 }), { status: 200, headers: { 'content-type': 'application/json' }, body: '{"a":1}' })
  t.strictSame(failure(404, 'No'), {
    status: 404,
    headers: { 'content-type': 'application/json' },
    body: '{"message":"No","status":"error"}',
  })
  t.strictSame(withHeaders(text('a', 'text/plain'), { allow: 'GET' }).headers, {
    'content-type': 'text/plain',
    allow: 'GET',
  })
  t.end()
})
