/** Keys of secrets by their names, each with what must stay. */

import t from 'tap'
import { isSecretName } from '../../../agent/config/secret-name.js'

void t.test('names of secrets, in every spelling', async (t) => {
  const names =
    'OrgKey UserKey orgkey user_key HASHKEY apiKey keys password masterPassword master-password PASSWD passphrase pfxPassphrase secret clientSecret token access_token authToken tokens credentials cookie psk pwd auth Authorization password2'
  for (const name of names.split(' ')) t.ok(isSecretName(name), name)
})

void t.test('names of what everybody may see', async (t) => {
  const names =
    'OrgName UserEmail host keepAliveSeconds keyword bypassApp bypass_option domain_ports author passThrough certPinnedAppList compass tokenizer'
  for (const name of names.split(' ')) t.notOk(isSecretName(name), name)
})
