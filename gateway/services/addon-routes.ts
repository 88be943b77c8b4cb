// Pure: the add-on service's endpoints, and the answer of each. Paths, parameters and answers are the real ones as far as
// they are public (client-behaviour 1.1, 1.2). Ours are the HTTP status codes beside 200, that pinned apps, exceptions
// and categories are asked for with both keys (the public material shows none), and `x-steerlab-config-version`.

import { createHash, timingSafeEqual } from 'node:crypto'
import { CONFIGURATION_FILES } from '../../agent/config/configuration.js'
import { defaultFiles } from '../../agent/config/default-files.js'
import { addonServerName } from '../../certs/tenant-identity.js'
import { type ClientStatus, readClientStatus } from './client-status.js'
import { configVersionOf } from './config-version.js'
import { failure, type HttpAnswer, type HttpRequest, json, text, withHeaders } from './http-answer.js'
import type { Version } from './published-versions.js'
import type { TenantFileName } from './tenant-files.js'
import { type Tenant, type TenantUser, userOf } from './tenant-json.js'
import type { ServedTenant } from './tenant-store.js'

/** What a client asks. */
export type AddonRequest = Omit<HttpRequest, 'clientIp'>

/** The certificates that clients download; the PKCS#12 file is that of one user, by e-mail address. */
export interface AddonCertificates {
  /** nscacert.pem, PEM. */
  readonly rootCertificate: string
  /** nstenantcert.pem, PEM. */
  readonly tenantCertificate: string
  /** nsusercert.p12. */
  readonly userPkcs12: Buffer
  readonly user: string
}

/** What a client is told. */
export interface AddonAnswer extends HttpAnswer {
  /** A status of the user whose key was shown, to be kept. */
  readonly clientStatus?: ClientStatus
}

/** A request whose keys are good. */
interface Asked extends AddonCertificates, ServedTenant {
  readonly query: URLSearchParams
  readonly body: string
  /** Whose user key it showed; undefined where none is asked for. */
  readonly asker: TenantUser | undefined
}

type KeyName = 'orgkey' | 'userkey' | 'hashkey'

interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** The parameters that must show the keys; `hashkey` is the user key by its other name. */
  readonly keys: readonly KeyName[]
  readonly answer: (asked: Asked) => AddonAnswer
}

const STATUS_PAGE = '/'

/** What the real service says of itself beside the content, where the administrator has left the file out. */
const SAYS_WITHOUT: Readonly<Partial<Record<TenantFileName, object>>> = {
  'nsbypass.json': { status: 'success' },
  'nsoverlap.json': { status: 'OK' },
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v1/externalhost', keys: [], answer: enrollmentHost },
  { method: 'GET', path: '/config/user/getbrandingbyemail', keys: ['orgkey'], answer: branding },
  { method: 'GET', path: '/v2/config/org/clientconfig', keys: ['orgkey', 'hashkey'], answer: clientConfig },
  { method: 'GET', path: '/v1/steering/domains', keys: ['orgkey', 'userkey'], answer: file('nssteering.json') },
  { method: 'GET', path: '/steering/pinnedapps', keys: ['orgkey', 'userkey'], answer: file('nsbypass.json') },
  { method: 'GET', path: '/steering/exceptions', keys: ['orgkey', 'userkey'], answer: file('nsexception.json') },
  { method: 'GET', path: '/steering/categories', keys: ['orgkey', 'userkey'], answer: categories },
  { method: 'GET', path: '/config/getoverlappingdomainlist', keys: ['orgkey'], answer: file('nsoverlap.json') },
  { method: 'GET', path: '/config/org/version', keys: ['orgkey'], answer: configVersion },
  { method: 'GET', path: '/config/ca/cert', keys: ['orgkey', 'hashkey'], answer: rootCertificate },
  { method: 'GET', path: '/config/org/cert', keys: ['orgkey'], answer: tenantCertificate },
  { method: 'GET', path: '/v2/config/user/cert', keys: ['orgkey', 'hashkey'], answer: userCertificate },
  { method: 'POST', path: '/v2/update/clientstatus', keys: ['orgkey', 'userkey'], answer: clientStatus },
]

/** The answer to a request; `served` is undefined where there is no tenant. */
export function answerTo(
  { method, path, query, body }: AddonRequest,
  served: ServedTenant | undefined,
  certificates: AddonCertificates,
): AddonAnswer {
  const route = ROUTES.find((candidate) => candidate.path === path)
  if (route === undefined && path !== STATUS_PAGE) return failure(404, 'There is nothing here')
  const allow = route?.method ?? 'GET'
  if (method !== allow) return withHeaders(failure(405, `Only ${allow} is possible here`), { allow })
  if (route === undefined) return json({ service: 'steerlab add-on' })
  if (served === undefined) return failure(503, 'There is no tenant here')
  const asker = askerOf(route.keys, query, served.tenant)
  if (asker === 'nobody') return failure(403, `Wrong or missing ${route.keys.join(' or ')}`)
  const answer = route.answer({ ...certificates, ...served, query, body, asker })
  return asker === undefined ? answer : { ...answer, user: asker.email }
}

function askerOf(keys: readonly KeyName[], query: URLSearchParams, tenant: Tenant): TenantUser | 'nobody' | undefined {
  let asker: TenantUser | undefined
  for (const name of keys) {
    const [shown = '', ...more] = query.getAll(name)
    if (more.length > 0) return 'nobody'
    if (name === 'orgkey') {
      if (!isSameKey(shown, tenant.orgKey)) return 'nobody'
    } else {
      asker = tenant.users.find((user) => isSameKey(shown, user.userKey))
      if (asker === undefined) return 'nobody'
    }
  }
  return asker
}

/** Takes the same time however much of the key is right. */
function isSameKey(shown: string, key: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(shown), digest(key))
}

function enrollmentHost({ query, tenant }: Asked): AddonAnswer {
  if (query.get('service') !== 'enrollment') return failure(404, 'The only service is enrollment')
  return json({ status: 'success', hosts: { enrollment: addonServerName(tenant.tenant) }, enabled: 'true' })
}

function branding({ query, tenant }: Asked): AddonAnswer {
  const email = query.get('email') ?? ''
  const user = userOf(tenant, email)
  if (user === undefined) return failure(404, `Unable to find user with email ${email}`)
  const who = { tenant: tenant.tenant, user: user.email, org: tenant.orgName }
  const { orgKey: OrgKey, tenantID } = tenant
  return json({ ...defaultFiles(who)['nsbranding.json'], OrgKey, UserKey: user.userKey, tenantID })
}

function clientConfig(asked: Asked): AddonAnswer {
  // The real service has a part of the user as well, `userconfig=1`; what is in it is not public.
  if (asked.query.get('tenantconfig') !== '1') return failure(404, 'There is only tenantconfig=1')
  return file('nsconfig.json')(asked)
}

function file(name: TenantFileName): (asked: Asked) => AddonAnswer {
  const empty = JSON.stringify({ ...Object(CONFIGURATION_FILES[name].whenMissing), ...SAYS_WITHOUT[name] })
  return ofVersion(({ files }) => text(files[name] ?? empty, 'application/json'))
}

function categories(asked: Asked): AddonAnswer {
  return ofVersion(({ files }) => {
    const { steering_config_name } = JSON.parse(files['nssteering.json'] ?? '{}')
    return json({ status: 'success', steering_config_name, webcat_ids: [] })
  })(asked)
}

function configVersion(asked: Asked): AddonAnswer {
  return ofVersion(({ id }) => json({ config_version: configVersionOf(id), status: 'success' }))(asked)
}

/** An answer out of the newest version, which it names: a client can tell whether all its files are of the same one. */
function ofVersion(answer: (version: Version) => AddonAnswer): (asked: Asked) => AddonAnswer {
  return ({ version }) =>
    version === undefined
      ? failure(503, 'There is no configuration yet')
      : withHeaders(answer(version), { 'x-steerlab-config-version': configVersionOf(version.id) })
}

function rootCertificate(asked: Asked): AddonAnswer {
  return text(asked.rootCertificate, 'application/x-pem-file')
}

function tenantCertificate(asked: Asked): AddonAnswer {
  return text(asked.tenantCertificate, 'application/x-pem-file')
}

function userCertificate({ asker, user, userPkcs12 }: Asked): AddonAnswer {
  if (asker?.email.toLowerCase() !== user.toLowerCase())
    return failure(404, `There is no certificate for ${asker?.email} here`)
  return text(userPkcs12, 'application/x-pkcs12')
}

function clientStatus({ body }: Asked): AddonAnswer {
  const status = readClientStatus(body)
  if ('problems' in status) return failure(400, status.problems.join('; '))
  return { ...json({ status: 'success' }), clientStatus: status }
}
