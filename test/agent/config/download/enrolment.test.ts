/** Enrolment against a host on a socket, and what a branding is good for. */

import t from 'tap'
import { enrol, enrolmentOf } from '../../../../agent/config/download/enrolment.js'
import type { Branding } from '../../../../agent/config/schema/nsbranding.js'
import type { Reply } from '../../../support/https-host.js'
import { addonHost, clientOf, HOST, refusal } from './addon-host.js'

const PATH = '/config/user/getbrandingbyemail'
const ORG_KEY = 'ORGKEYORGKEYORGKEY01'
const BRANDING: Branding = {
  OrgName: 'Acme',
  UserEmail: 'alice@acme.example',
  OrgKey: ORG_KEY,
  UserKey: 'USERKEYUSERKEYUSER02',
  AddonManagerHost: HOST,
  status: 'success',
}
const ENROLMENT = { host: HOST, orgKey: ORG_KEY, userKey: 'USERKEYUSERKEYUSER02' }

void t.test('a known user gets the branding as it is served', async (t) => {
  const text = JSON.stringify(BRANDING, null, 1)
  const host = await addonHost(t, new Map<string, Reply>([[PATH, text]]))
  t.strictSame(await enrol(clientOf(t, host.port), ORG_KEY, 'alice@acme.example'), {
    branding: text,
    enrolment: ENROLMENT,
  })
  t.strictSame(host.asked, [`GET ${PATH}?orgkey=${ORG_KEY}&email=alice%40acme.example`])
})

void t.test('what is no enrolment says why', async (t) => {
  const unknown = 'Unable to find user with email bob@acme.example'
  const cases: readonly [why: string, Reply, object][] = [
    ['an unknown user', refusal(200, unknown), { failure: 'rejected', detail: unknown }],
    ['a wrong key', refusal(403, `no ${ORG_KEY}`), { failure: 'rejected', detail: 'no ***' }],
    ['a portal', '<html>', { failure: 'malformed', detail: 'the answer is not a JSON object' }],
    ['no branding', '{"status":"success"}', { failure: 'malformed', detail: /^nsbranding\.json:1: \$\.OrgName/ }],
    [
      'no keys',
      JSON.stringify({ ...BRANDING, UserKey: '' }),
      { failure: 'malformed', detail: /lacks OrgKey, UserKey/ },
    ],
  ]
  const host = await addonHost(t)
  const client = clientOf(t, host.port)
  for (const [why, reply, wanted] of cases) {
    host.replies.set(PATH, reply)
    t.match(await enrol(client, ORG_KEY, 'bob@acme.example'), wanted, why)
  }
})

void t.test('a branding is an enrolment when it has both keys and a host', async (t) => {
  t.strictSame(enrolmentOf(BRANDING), ENROLMENT)
  t.strictSame(enrolmentOf({ ...BRANDING, AddonManagerHost: 'ADDON-acme.goskope.com.' }), ENROLMENT)
  const { OrgName, UserEmail } = BRANDING
  const lacking: readonly Branding[] = [
    { OrgName, UserEmail },
    { ...BRANDING, OrgKey: '' },
    { ...BRANDING, UserKey: '' },
    { ...BRANDING, AddonManagerHost: '' },
    { ...BRANDING, AddonManagerHost: 'a b' },
    { ...BRANDING, AddonManagerHost: 'https://addon-acme.goskope.com/' },
    { ...BRANDING, AddonManagerHost: '10.0.0.1' },
  ]
  for (const branding of lacking) t.equal(enrolmentOf(branding), undefined, JSON.stringify(branding))
})
