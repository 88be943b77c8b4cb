/** What `steerlab check` says of programs that pin a key: they break however they are told of the tenant, and work with the entry that is printed. */

import { join } from 'node:path'
import t from 'tap'
import { writeDefaultConfiguration } from '../../agent/config/write-defaults.js'
import { DEFAULT_TENANT } from '../../scripts/process/tenant.js'
import { checkIn, fixtureProgram, scratchOf, testCases } from '../support/check-matrix.js'
import { lacking } from '../support/needs.js'
import { withHome } from '../support/steerlab.js'

const PAGE = 'https://box.com/whoami'

testCases({
  'curl --pinnedpubkey': {
    sentence: 'one that trusts the tenant finishes the handshake, looks at the key and goes',
    command: (scratch) => [fixtureProgram('pinned.sh'), PAGE, join(scratch, 'pin')],
    verdict: 'pins-certificates',
    leaves: ['unknown_ca', 'closed_without_request'],
    skip: lacking('capture', 'curl', 'openssl'),
  },
})

void t.test('Node with a pin: the entry that is printed makes it work', { skip: lacking('capture') }, (t) =>
  withHome(t, async (home) => {
    const program = [process.execPath, fixtureProgram('pinned.mjs'), PAGE]
    const check = async (flags: readonly string[], pin: string) => {
      const { code, stdout, stderr } = await checkIn(home, flags, [...program, join(scratchOf(home.home), pin)])
      t.match({ code, stderr }, { code: 0, stderr: '' })
      return JSON.parse(stdout)
    }
    const found = await check(['--expect', 'pins-certificates'], 'pin')
    t.match(found, { verdict: 'pins-certificates', text: /it pins certificates, or/ })
    t.match(found.runs[2], {
      name: 'env',
      refusals: [{ host: 'box.com' }],
      exit: 4,
      output: 'this is not the key it knows',
    })
    t.match(found.pinned.entries, [{ processName: 'node', app_domains: ['box.com'], action: 1, mode: 'direct' }])

    const [, ...words] = found.pinned.command.split(' ')
    await writeDefaultConfiguration(join(home.home, 'stagent'), DEFAULT_TENANT)
    t.match(await home.cli(words), { code: 0, stdout: /added node/ })
    // Another lab, whose hosts have other keys.
    const listed = await check(['--as-configured'], 'other-pin')
    t.match(listed, {
      verdict: 'not-steered',
      runs: { 1: { hosts: [{ verdict: 'bypass', rule: /^nsbypass\.json/ }] } },
    })
  }),
)
