/** The endpoints, against the table of the client-behaviour notes (1.1). */

import t from 'tap'
import {
  brandingRequest,
  certificateRequests,
  configurationRequests,
  keysOf,
  statusRequest,
  versionRequest,
} from '../../../../agent/config/download/endpoints.js'

const KEYS = { orgKey: 'ORG', userKey: 'USER', os: 'win' }

void t.test('each file has its endpoint', async (t) => {
  const lines = [...configurationRequests(KEYS), ...certificateRequests(KEYS)].map(
    ({ file, path, query, answer, optional }) =>
      `${file}${optional ? '?' : ''} ${answer} ${path}?${new URLSearchParams(query)}`,
  )
  t.strictSame(lines, [
    'nsconfig.json json /v2/config/org/clientconfig?orgkey=ORG&hashkey=USER&tenantconfig=1',
    'nssteering.json json /v1/steering/domains?orgkey=ORG&userkey=USER&os=win',
    'nsbypass.json? json /steering/pinnedapps?orgkey=ORG&userkey=USER&os=win',
    'nsexception.json json /steering/exceptions?orgkey=ORG&userkey=USER&os=win',
    'nsoverlap.json? json /config/getoverlappingdomainlist?orgkey=ORG',
    'nscacert.pem pem /config/ca/cert?orgkey=ORG&hashkey=USER',
    'nstenantcert.pem pem /config/org/cert?orgkey=ORG',
    'nsusercert.p12 pkcs12 /v2/config/user/cert?orgkey=ORG&hashkey=USER',
  ])
})

void t.test('a request knows its keys, and nothing else is one', async (t) => {
  t.strictSame(keysOf(configurationRequests(KEYS)[0]!), ['ORG', 'USER'])
  t.strictSame(keysOf(statusRequest(KEYS)), ['ORG', 'USER'])
  t.strictSame(keysOf(versionRequest(KEYS)), ['ORG'])
  t.strictSame(keysOf(brandingRequest('ORG', 'a@b.example')), ['ORG'])
})
