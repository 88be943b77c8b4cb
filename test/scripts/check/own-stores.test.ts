/** Who has a store of certificates of its own. */

import t from 'tap'
import { ownStores } from '../../../scripts/check/own-stores.js'

const CASES: readonly (readonly [names: readonly string[], said: readonly RegExp[], why: string])[] = [
  [['curl'], [], 'reads the machine’s'],
  [['java'], [/keytool -importcert -cacerts/], 'Java'],
  [['mvn', 'java'], [/cacerts/], 'once, however many of them are Java'],
  [['sh', 'chromium'], [/CACertificates.*nssdb/], 'a browser that a script starts'],
  [['chrome.exe'], [/CACertificates/], 'as Windows names it'],
  [['java', 'chrome'], [/cacerts/, /CACertificates/], 'two programs'],
  [['javascript', 'notchrome'], [], 'only like them'],
]

void t.test('a sentence for each store', async (t) => {
  for (const [names, said, why] of CASES) {
    const found = ownStores(names)
    t.equal(found.length, said.length, why)
    t.match(found, said, why)
  }
})
