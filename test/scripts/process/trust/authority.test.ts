import t from 'tap'
import { generateKeys } from '../../../../certs/keys.js'
import { issueRoot } from '../../../../certs/x509.js'
import { authoritiesOf } from '../../../../scripts/process/trust/authority.js'

const keys = await generateKeys('ec-p256')
const root = (commonName: string) => issueRoot({ subject: { commonName }, keys, days: 2, now: new Date() })

void t.test('the certificates of a file are taken, and nothing else of it', async (t) => {
  const [one, two] = [root('One'), root('Two')]
  const found = authoritiesOf(
    `a word\n${one}${keys.privateKey.export({ type: 'pkcs8', format: 'pem' })}${two}`,
    'x.pem',
  )
  t.strictSame(
    found.map(({ pem }) => pem),
    [one, two],
  )
  t.equal(new Set(found.map(({ alias }) => alias)).size, 2, 'each has a name of its own')
  for (const { alias, hash } of found) t.match(`${alias} ${hash}`, /^steerlab-[0-9a-f]{8} [0-9a-f]{8}$/)
})

void t.test('a file without any is refused', async (t) => {
  const message = /^x\.pem has /
  t.throws(() => authoritiesOf('', 'x.pem'), { code: 'certificate-unreadable', message })
  t.throws(() => authoritiesOf(root('One').replace(/\n\S{20}/, '\n'), 'x.pem'), {
    code: 'certificate-unreadable',
    message,
  })
})
