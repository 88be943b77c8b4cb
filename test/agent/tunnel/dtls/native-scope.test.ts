import t from 'tap'
import { opensslError, withNative } from '../../../../agent/tunnel/dtls/native-scope.js'
import type { OpenSslCalls } from '../../../../agent/tunnel/dtls/openssl.js'

/** OpenSSL's list of errors; a code is library << 23 and reason. */
function errorsOf(...codes: number[]): OpenSslCalls {
  const calls: Partial<OpenSslCalls> = {
    ERR_get_error: () => codes.shift() ?? 0,
    ERR_reason_error_string: (code) => (code === 0 ? null : `reason of ${code}`),
    ERR_clear_error: () => codes.splice(0),
  }
  return calls as OpenSslCalls
}

void t.test('what a scope owns is freed once, last first, however the work ends', async (t) => {
  for (const fails of [false, true]) {
    const freed: unknown[] = []
    const free = (object: unknown) => freed.push(object)
    const run = () =>
      withNative(errorsOf(), ({ own, keep }) => {
        t.equal(own(1n, free, 'a thing'), 1n)
        t.equal(keep(null, free), null)
        t.equal(keep(2n, free), 2n)
        if (fails) throw new Error('no')
        t.same(freed, [])
        return 'done'
      })
    if (fails) t.throws(run, /no/)
    else t.equal(run(), 'done')
    t.same(freed, [2n, 1n])
  }
})

void t.test('what could not be made is told in the words of OpenSSL', async (t) => {
  const calls = errorsOf(7, 8)
  t.throws(() => withNative(calls, ({ own }) => own(null, () => {}, 'the key')), {
    code: 'dtls-credentials',
    message: 'the key: reason of 7',
  })
  t.equal(calls.ERR_get_error(), 0, 'the list is empty')
})

void t.test('the oldest error is the cause, and no error is no reason', async (t) => {
  t.same(opensslError(errorsOf((20 << 23) + 1042, 5)), { reason: 1042, text: `reason of ${(20 << 23) + 1042}` })
  t.same(opensslError(errorsOf()), { reason: 0, text: 'no reason given' })
})
