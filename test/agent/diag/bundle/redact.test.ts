/** Secrets in JSON: by name and by looks, each with what must stay. */

import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { HIDDEN, redact } from '../../../../agent/diag/bundle/redact.js'
import { generateKeys } from '../../../../certs/keys.js'
import { issueRoot } from '../../../../certs/x509.js'

void t.test('what is below a name of a secret is secret, but for truths and nothing', async (t) => {
  const value = {
    OrgKey: 'abc',
    failClose: { masterPassword: 12345678, hidePassword: true, password: '', oldPassword: null },
    users: [{ name: 'alice', tokens: ['one', { two: 'three' }] }],
  }
  t.strictSame(redact(value), {
    value: {
      OrgKey: HIDDEN,
      failClose: { masterPassword: HIDDEN, hidePassword: true, password: '', oldPassword: null },
      users: [{ name: 'alice', tokens: [HIDDEN, { two: HIDDEN }] }],
    },
    paths: ['OrgKey', 'failClose.masterPassword', 'users[0].tokens[0]', 'users[0].tokens[1].two'],
    secrets: ['abc', '12345678', 'one', 'three'],
  })
})

void t.test('private keys are known by their looks, certificates and other long texts stay', async (t) => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const curve = generateKeyPairSync('ed25519')
  const pems = [
    rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }),
    rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
    curve.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ].map(String)
  for (const pem of pems) {
    const body = pem.split('\n').slice(1, -2).join('\n')
    t.equal(redact(pem).value, HIDDEN, pem.slice(0, 40))
    t.equal(redact(`note: ${pem}`).value, HIDDEN, 'within a text')
    t.equal(redact(body).value, HIDDEN, 'its base64')
    t.equal(redact(body.replaceAll('\n', '')).value, HIDDEN, 'in one line')
  }
  const keys = await generateKeys('ec-p256')
  const certificate = issueRoot({ subject: { commonName: 'x' }, keys, days: 1, now: new Date() })
  const body = certificate.split('\n').slice(1, -2).join('')
  for (const text of [certificate, body, 'MIsery'.repeat(30), 'a'.repeat(200)])
    t.equal(redact(text).value, text, text.slice(0, 30))
})

void t.test('tokens and passwords of addresses', async (t) => {
  t.equal(redact('got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln').value, HIDDEN)
  t.equal(redact('via socks5://bob:pa:ss@proxy:1080/').value, `via socks5://bob:${HIDDEN}@proxy:1080/`)
  t.strictSame(redact('http://u:p4ss@h/').secrets, ['p4ss'])
  for (const text of ['https://box.com/a@b', 'eyJ is no token', 'user:pass', 'http://[::1]:80/x'])
    t.equal(redact(text).value, text, text)
})

void t.test('names of prototypes are names like others', async (t) => {
  const value: unknown = JSON.parse('{"__proto__": {"key": "x"}, "constructor": 1}')
  t.equal(JSON.stringify(redact(value).value), `{"__proto__":{"key":"${HIDDEN}"},"constructor":1}`)
})

void t.test('any JSON keeps its shape, and nothing hidden is in it any more', async (t) => {
  const property = fc.property(fc.jsonValue(), fc.stringMatching(/^[a-z]{12}$/), (other, secret) => {
    const { value, secrets } = redact({ other, deep: [{ OrgKey: secret }] })
    t.ok(secrets.includes(secret))
    return !JSON.stringify((value as { deep: unknown }).deep).includes(secret)
  })
  fc.assert(property, { numRuns: 200 })
})
