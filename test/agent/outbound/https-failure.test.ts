/** Errors of node:https as libcurl would put them; what no socket shows here. The rest is in https-client.test.ts. */

import fc from 'fast-check'
import t from 'tap'
import {
  CLOSED,
  curlText,
  failureOf,
  presentable,
  type RequestStage,
  refusalOf,
} from '../../../agent/outbound/https-failure.js'

void t.test('an error is put in our words and as a code of libcurl', async (t) => {
  const cases: readonly [code: string, RequestStage, failure: string, curlCode: number][] = [
    ['EAI_AGAIN', 'connecting', 'not-resolved', 6],
    ['ENOTFOUND', 'connecting', 'not-resolved', 6],
    ['ETIMEDOUT', 'connecting', 'timed-out', 28],
    ['EHOSTUNREACH', 'connecting', 'unreachable', 7],
    ['ENETUNREACH', 'connecting', 'unreachable', 7],
    ['EPROTO', 'connecting', 'tls', 35],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'connecting', 'tls', 35],
    ['EPIPE', 'connecting', 'tls', 35],
    ['EPIPE', 'waiting', 'cut-off', 56],
    ['ECONNRESET', 'waiting', 'cut-off', 56],
    ['ECONNRESET', 'reading', 'cut-off', 18],
    ['HPE_HEADER_OVERFLOW', 'waiting', 'malformed', 1],
    ['', 'connecting', 'unreachable', 7],
  ]
  for (const [code, stage, failure, curlCode] of cases) {
    const error = Object.assign(new Error('words'), code === '' ? {} : { code })
    t.strictSame(failureOf(error, stage, false), { failure, detail: 'words', curlCode }, `${code}, ${stage}`)
    t.match(failureOf(error, stage, true), { failure: 'certificate', curlCode: 60 }, `${code}, certificate refused`)
  }
})

void t.test('libcurl has words for every code that is logged', async (t) => {
  for (const code of [1, 6, 7, 18, 22, 28, 35, CLOSED.curlCode, 52, 56, 60, 63]) t.not(curlText(code), 'Unknown error')
  t.equal(curlText(60), 'SSL peer certificate or SSH remote key was not OK', 'as in the real log')
  t.equal(curlText(6), 'Could not resolve hostname', 'as in the real log')
  t.equal(curlText(99), 'Unknown error')
})

void t.test('a status other than 2xx is a refusal', async (t) => {
  for (const status of [200, 204, 299]) t.equal(refusalOf(status), undefined)
  for (const status of [100, 199, 300, 302, 404, 500]) {
    t.strictSame(refusalOf(status), {
      failure: 'http',
      detail: `HTTP status ${status}`,
      curlCode: 22,
      httpStatus: status,
    })
  }
})

void t.test('no key is left in a detail, however it is written, and it is one short line', async (t) => {
  const shown = (detail: string, keys: readonly string[]) => presentable({ ...CLOSED, detail }, keys).detail
  t.strictSame(presentable({ ...CLOSED, detail: 'a\nb' }, []), { ...CLOSED, detail: 'a b' }, 'all else stays')
  t.equal(shown('wrong key abc', ['abc']), 'wrong key ***')
  t.equal(shown('wrong key abc', ['', 'abd']), 'wrong key abc')
  t.equal(shown('a\r\nb\u2028c', []), 'a b c')
  t.equal(shown(`${'x'.repeat(199)}KEY`, ['KEY']), `${'x'.repeat(199)}*...`, 'hidden before it is cut')
  const key = fc.string({ minLength: 4, maxLength: 20 }).filter((text) => !text.includes('*'))
  fc.assert(
    fc.property(fc.string(), key, fc.string(), (before, key, after) => {
      const line = shown(`${before}${key}${new URLSearchParams({ key })}${after}`, [key])
      return !line.includes(key) && line.length <= 203 && !/[\n\r]/.test(line)
    }),
  )
})
