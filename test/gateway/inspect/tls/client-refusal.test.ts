import t from 'tap'
import {
  CLOSED,
  CLOSED_UNUSED,
  clientAlert,
  refusalInWords,
  TIMED_OUT,
} from '../../../../gateway/inspect/tls/client-refusal.js'

const alert = (code: string) => clientAlert(Object.assign(new Error('words'), { code }))

void t.test('the alert of a client, by the error it ends the handshake with', async (t) => {
  t.equal(alert('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'unknown_ca')
  t.equal(alert('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE'), 'bad_certificate')
  t.equal(alert('ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN'), 'certificate_unknown')
  t.equal(alert('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'certificate_required')
  t.equal(alert('ERR_SSL_NO_SHARED_CIPHER'), 'no_shared_cipher', 'no alert: what OpenSSL says')
  for (const code of ['ECONNRESET', 'EPIPE', '']) t.equal(alert(code), CLOSED, code)
})

void t.test('each is told in a sentence of its own', async (t) => {
  const told = ['unknown_ca', 'no_shared_cipher', CLOSED, CLOSED_UNUSED, TIMED_OUT].map(refusalInWords)
  t.equal(new Set(told).size, told.length)
  for (const sentence of told) t.match(sentence, /^The client.*\.$/)
})
