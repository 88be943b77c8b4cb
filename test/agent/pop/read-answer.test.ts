import t from 'tap'
import * as z from 'zod'
import { malformed, readAnswer } from '../../../agent/pop/read-answer.js'

const SCHEMA = z.looseObject({ n: z.number({ error: 'a number' }) }, { error: 'an object' })

void t.test('an answer is read, or says why not', async (t) => {
  const cases: readonly [why: string, status: number, body: string, wanted: object][] = [
    ['what the schema takes', 200, '{"n":1,"more":true}', { value: { n: 1, more: true } }],
    ['any status of success', 204, '{"n":1}', { value: { n: 1 } }],
    ['another status', 500, '{"n":1}', { failure: 'http', curlCode: 22, httpStatus: 500, detail: 'HTTP status 500' }],
    ['a redirect', 302, '', { failure: 'http', curlCode: 22, httpStatus: 302 }],
    ['nothing', 200, '', { failure: 'malformed', curlCode: 0, detail: /not JSON: found the end/ }],
    ['no JSON', 200, '<html>', { failure: 'malformed', detail: /not JSON: found "<"/ }],
    ['no text', 200, '\xff\xfe{}', { failure: 'malformed', detail: /not JSON/ }],
    ['another shape', 200, '[]', { failure: 'malformed', detail: /\$: found an empty list, allowed is an object/ }],
    ['a wrong value', 200, '{"n":"1"}', { failure: 'malformed', detail: /\$\.n: found "1", allowed is a number/ }],
    ['nesting without end', 200, '['.repeat(100_000), { failure: 'malformed' }],
    ['deep nesting', 200, `{"n":1,"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, { failure: 'malformed' }],
    ['a key that is none', 200, '{"n":1,"__proto__":{}}', { failure: 'malformed', detail: /__proto__/ }],
  ]
  for (const [why, status, body, wanted] of cases)
    t.match(readAnswer({ status, body: Buffer.from(body, 'latin1') }, SCHEMA), wanted, why)
})

void t.test('what is malformed is no failure of the transfer', async (t) => {
  t.strictSame(malformed('why'), { failure: 'malformed', detail: 'why', curlCode: 0 })
})
