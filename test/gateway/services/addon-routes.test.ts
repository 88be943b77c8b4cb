/** Every endpoint's answer: with the right keys, and without. */

import fc from 'fast-check'
import t from 'tap'
import { type AddonCertificates, answerTo } from '../../../gateway/services/addon-routes.js'
import type { Tenant } from '../../../gateway/services/tenant-json.js'
import type { ServedTenant } from '../../../gateway/services/tenant-store.js'
import { tenantTexts } from '../../support/addon.js'

const ORG = 'orgkey-orgkey-orgkey'
const ALICE = 'alice-alice-alice-al'
const BOB = 'bob-bob-bob-bob-bob-'
const tenant: Tenant = {
  tenant: 'acme',
  orgName: 'Acme Corp',
  orgKey: ORG,
  tenantID: '4711',
  users: [
    { email: 'alice@acme.example', userKey: ALICE },
    { email: 'bob@acme.example', userKey: BOB },
  ],
}
const { 'nsbypass.json': bypass, ...needed } = tenantTexts()
const served: ServedTenant = { tenant, version: { id: '2025-03-05T14:01:01.629725', files: needed } }
const withAll: ServedTenant = {
  tenant,
  version: { id: '2025-03-05T14:01:01.629726', files: { ...tenantTexts(), 'nsoverlap.json': 'the overlaps' } },
}
const certificates: AddonCertificates = {
  rootCertificate: 'the root',
  tenantCertificate: 'the intermediate',
  userPkcs12: Buffer.from([0x30, 0xff]),
  user: 'Alice@acme.example',
}

function ask(target: string, { method = 'GET', body = '', of = served as ServedTenant | undefined } = {}) {
  const [path = '', query = ''] = target.split('?')
  return answerTo({ method, path, query: new URLSearchParams(query), body }, of, certificates)
}

const jsonOf = (target: string, options: Parameters<typeof ask>[1] = {}) => {
  const { status, body } = ask(target, options)
  return { status, ...JSON.parse(String(body)) }
}
const KEYS = `orgkey=${ORG}&userkey=${ALICE}`
const HASHED = `orgkey=${ORG}&hashkey=${ALICE}`
const UP = '{"client_status":{"event":"Tunnel Up"}}'

void t.test('enrolment', (t) => {
  t.strictSame(jsonOf('/'), { status: 200, service: 'steerlab add-on' })
  t.strictSame(JSON.parse(String(ask('/v1/externalhost?service=enrollment').body)), {
    status: 'success',
    hosts: { enrollment: 'addon-acme.goskope.com' },
    enabled: 'true',
  })
  t.equal(ask('/v1/externalhost?service=other').status, 404)
  const branding = ask(`/config/user/getbrandingbyemail?orgkey=${ORG}&email=BOB@acme.example`)
  t.equal(branding.status, 200)
  t.strictSame(JSON.parse(String(branding.body)), {
    AddonCheckerHost: 'achecker-acme.goskope.com',
    AddonCheckerResponseCode: 'netSkope@netSkope',
    AddonManagerHost: 'addon-acme.goskope.com',
    EncryptBranding: false,
    OrgKey: ORG,
    OrgName: 'Acme Corp',
    SFCheckerHost: 'sfchecker.goskope.com',
    SFCheckerIP: '8.8.8.8',
    UserEmail: 'bob@acme.example',
    UserKey: BOB,
    ValidateConfig: false,
    status: 'success',
    tenantID: '4711',
  })
  const unknown = ask(`/config/user/getbrandingbyemail?orgkey=${ORG}&email=eve@acme.example`)
  t.equal(unknown.status, 404)
  t.equal(unknown.body, '{"message":"Unable to find user with email eve@acme.example","status":"error"}')
  t.equal(ask(`/config/user/getbrandingbyemail?orgkey=${ORG}`).status, 404, 'no address')
  t.end()
})

void t.test('the configuration is the text of the files, with its version', (t) => {
  const files = [
    [`/v2/config/org/clientconfig?${HASHED}&tenantconfig=1`, needed['nsconfig.json']],
    [`/v1/steering/domains?${KEYS}&os=linux`, needed['nssteering.json']],
    [`/steering/exceptions?${KEYS}`, needed['nsexception.json']],
    [`/steering/pinnedapps?${KEYS}`, '{"certPinnedAppList":[],"status":"success"}'],
    [`/config/getoverlappingdomainlist?orgkey=${ORG}`, '{"overlappingDomainList":{},"status":"OK"}'],
    [
      `/steering/categories?${KEYS}`,
      '{"status":"success","steering_config_name":"Default tenant config","webcat_ids":[]}',
    ],
    [`/config/org/version?orgkey=${ORG}`, '{"config_version":"2025-03-05 14:01:01.629725","status":"success"}'],
  ] as const
  for (const [target, body] of files) {
    const answer = ask(target)
    t.equal(answer.status, 200, target)
    t.equal(answer.body, body, target)
    t.equal(answer.headers['x-steerlab-config-version'], '2025-03-05 14:01:01.629725')
    t.equal(answer.headers['content-type'], 'application/json')
    t.match(jsonOf(target, { of: { tenant, version: undefined } }), { status: 'error' }, 'no version yet')
    t.equal(ask(target, { of: { tenant, version: undefined } }).status, 503)
  }
  t.equal(ask(`/steering/pinnedapps?${KEYS}`, { of: withAll }).body, bypass)
  t.equal(ask(`/config/getoverlappingdomainlist?orgkey=${ORG}`, { of: withAll }).body, 'the overlaps')
  t.equal(ask(`/v2/config/org/clientconfig?${HASHED}`).status, 404, 'the part of the user is not public')
  t.end()
})

void t.test('certificates', (t) => {
  t.match(ask(`/config/ca/cert?${HASHED}`), { status: 200, body: 'the root', user: 'alice@acme.example' })
  t.match(ask(`/config/org/cert?orgkey=${ORG}`), { status: 200, body: 'the intermediate' })
  const { status, body } = ask(`/v2/config/user/cert?${HASHED}`)
  t.strictSame([status, body], [200, certificates.userPkcs12])
  t.strictSame(ask(`/v2/config/user/cert?orgkey=${ORG}&hashkey=${BOB}`), {
    status: 404,
    headers: { 'content-type': 'application/json' },
    body: '{"message":"There is no certificate for bob@acme.example here","status":"error"}',
    user: 'bob@acme.example',
  })
  t.end()
})

void t.test('statuses', (t) => {
  t.strictSame(ask(`/v2/update/clientstatus?${KEYS}`, { method: 'POST', body: UP }), {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"status":"success"}',
    user: 'alice@acme.example',
    clientStatus: { event: 'Tunnel Up' },
  })
  const bad = ask(`/v2/update/clientstatus?${KEYS}`, { method: 'POST', body: '{}' })
  t.equal(bad.status, 400)
  t.match(String(bad.body), /client_status.*"status":"error"/)
  t.equal(bad.clientStatus, undefined)
  t.end()
})

/** Each endpoint with the names of its keys, as a client asks. */
const KEYED: ReadonlyArray<readonly [path: string, ...keys: string[]]> = [
  ['/config/user/getbrandingbyemail', 'orgkey'],
  ['/v2/config/org/clientconfig', 'orgkey', 'hashkey'],
  ['/v1/steering/domains', 'orgkey', 'userkey'],
  ['/steering/pinnedapps', 'orgkey', 'userkey'],
  ['/steering/exceptions', 'orgkey', 'userkey'],
  ['/steering/categories', 'orgkey', 'userkey'],
  ['/config/getoverlappingdomainlist', 'orgkey'],
  ['/config/org/version', 'orgkey'],
  ['/config/ca/cert', 'orgkey', 'hashkey'],
  ['/config/org/cert', 'orgkey'],
  ['/v2/config/user/cert', 'orgkey', 'hashkey'],
  ['/v2/update/clientstatus', 'orgkey', 'userkey'],
]

void t.test('without the right keys there is nothing', (t) => {
  const good: Readonly<Record<string, string>> = { orgkey: ORG, userkey: ALICE, hashkey: ALICE }
  for (const [path, ...keys] of KEYED) {
    const rest = { tenantconfig: '1', email: 'bob@acme.example' }
    const method = path.endsWith('clientstatus') ? 'POST' : 'GET'
    const statusOf = (query: string, of?: ServedTenant) =>
      ask(`${path}?${query}`, { method, body: UP, of: of ?? withAll }).status
    const shown = Object.fromEntries(keys.map((name) => [name, good[name] ?? '']))
    const query = (changes: object) => String(new URLSearchParams({ ...shown, ...rest, ...changes }))
    t.equal(statusOf(query({})), 200, path)
    for (const name of keys) {
      const key = good[name] ?? ''
      const other = name === 'orgkey' ? ALICE : ORG
      for (const wrong of ['', key.slice(0, -1), `${key} `, key.toUpperCase(), other])
        t.equal(statusOf(query({ [name]: wrong })), 403, `${path} with ${name}=${wrong}`)
      t.equal(statusOf(`${query({})}&${name}=${key}`), 403, `${path} with ${name} twice`)
      t.equal(statusOf(query({}).replace(`${name}=`, 'key=')), 403, `${path} without ${name}`)
    }
    t.notMatch(ask(path, { method, of: withAll }).body, /orgkey-|alice/, 'a refusal tells no key')
    t.equal(
      answerTo({ method, path, query: new URLSearchParams(query({})), body: UP }, undefined, certificates).status,
      503,
    )
    const wrongMethod = ask(`${path}?${query({})}`, { method: method === 'GET' ? 'POST' : 'GET' })
    t.strictSame([wrongMethod.status, wrongMethod.headers['allow']], [405, method])
  }
  t.end()
})

void t.test('elsewhere there is nothing', (t) => {
  for (const path of [
    '',
    '*',
    '//',
    '/.',
    '/v2',
    '/steering',
    '/steering/exceptions/',
    '/STEERING/EXCEPTIONS',
    '/__proto__',
  ])
    t.match(jsonOf(`${path}?${KEYS}`), { status: 'error', message: /nothing here/ }, path)
  t.equal(ask('/', { method: 'POST' }).status, 405)
  t.equal(ask('/', { of: undefined }).status, 200)
  t.end()
})

/** Endpoints that call the user's key `hashkey` (client-behaviour 1.1). */
const HASH_KEYED: ReadonlySet<string> = new Set([
  '/v2/config/org/clientconfig',
  '/config/ca/cert',
  '/v2/config/user/cert',
])

void t.test('whatever is asked, the answer is one', (t) => {
  const path = fc.oneof(
    fc.constantFrom('/', ...KEYED.map(([known]) => known)),
    fc.string().map((text) => `/${text}`),
  )
  const key = fc.oneof(fc.constantFrom(ORG, ALICE, BOB), fc.string())
  const pair = fc.tuple(fc.constantFrom('orgkey', 'userkey', 'hashkey', 'email', 'tenantconfig', 'service'), key)
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', '')
  fc.assert(
    fc.property(method, path, fc.array(pair), fc.oneof(fc.json(), fc.string()), (method, path, pairs, body) => {
      const query = new URLSearchParams(pairs)
      const answer = answerTo({ method, path, query, body }, withAll, certificates)
      if (![200, 400, 403, 404, 405].includes(answer.status)) return false
      if (answer.headers['content-type'] === 'application/json' && answer.body !== 'the overlaps')
        JSON.parse(String(answer.body))
      // The key that counts is the one the endpoint names, whatever else is shown beside it.
      const [shown = '', ...more] = query.getAll(HASH_KEYED.has(path) ? 'hashkey' : 'userkey')
      return (
        answer.user === undefined || (query.get('orgkey') === ORG && more.length === 0 && [ALICE, BOB].includes(shown))
      )
    }),
    { numRuns: 500 },
  )
  t.end()
})
