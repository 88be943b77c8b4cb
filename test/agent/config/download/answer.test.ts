/** What counts as an answer of its kind. */

import fc from 'fast-check'
import t from 'tap'
import { type AnswerKind, faultOf, readObject, textOfAnswer } from '../../../../agent/config/download/answer.js'
import { CA } from '../../../support/https-host.js'

const ERROR = '{"message":"Unable to find user with email x@y.example","status":"error"}'
const DER = Buffer.from(CA.replace(/-----[^-]+-----|\s/g, ''), 'base64')

void t.test('an answer is good, or says why not', async (t) => {
  const cases: readonly [AnswerKind, number, string | Buffer, failure: string | undefined, detail?: string][] = [
    ['json', 200, '{}', undefined],
    ['json', 201, '{"status":"OK"}', undefined],
    ['json', 200, '\ufeff{}', undefined],
    ['json', 200, '[]', 'malformed', 'the answer is not a JSON object'],
    ['json', 200, 'null', 'malformed'],
    ['json', 200, '{"half":', 'malformed'],
    ['json', 200, '', 'malformed'],
    ['json', 200, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'malformed'],
    ['json', 200, ERROR, 'rejected', 'Unable to find user with email x@y.example'],
    ['json', 403, ERROR, 'rejected', 'Unable to find user with email x@y.example'],
    ['json', 403, '{"status":"error"}', 'rejected', 'no reason given'],
    ['json', 500, '{"status":"success"}', 'http', 'HTTP status 500'],
    ['json', 304, '', 'http', 'HTTP status 304'],
    ['pem', 200, CA, undefined],
    ['pem', 200, DER, 'malformed', 'the answer is not a PEM certificate'],
    ['pem', 200, '<html>', 'malformed'],
    ['pem', 403, ERROR, 'rejected'],
    ['pem', 404, CA, 'http'],
    ['pkcs12', 200, DER, undefined],
    ['pkcs12', 200, '{}', 'malformed', 'the answer is not a PKCS#12 file'],
    ['pkcs12', 200, '', 'malformed'],
    ['pkcs12', 200, ERROR, 'rejected'],
  ]
  for (const [kind, status, body, failure, detail] of cases) {
    const fault = faultOf(kind, status, Buffer.from(body))
    const curlCode = status > 299 ? 22 : 0
    const wanted = failure && { failure, curlCode, httpStatus: status, detail: detail ?? /\S/ }
    t.match(fault, wanted, `${kind} ${status} ${String(body).slice(0, 40)}`)
    t.equal(fault === undefined, failure === undefined)
  }
})

void t.test('any bytes are judged, and what is good as JSON can be read', async () => {
  const kind = fc.constantFrom<AnswerKind>('json', 'pem', 'pkcs12')
  const body = fc.oneof(
    fc.uint8Array(),
    fc.json().map((text) => Buffer.from(text)),
  )
  fc.assert(
    fc.property(kind, body, (kind, body) => {
      const fault = faultOf(kind, 200, body)
      if (kind !== 'json' || fault !== undefined) return true
      return textOfAnswer(body) !== '' && readObject(body) !== undefined
    }),
  )
})
