/** All files of one version, also from a tenant that changes it in the middle. */

import t from 'tap'
import { askVersion, downloadVersion } from '../../../../agent/config/download/version-download.js'
import { CA, type HttpsHost, type Reply } from '../../../support/https-host.js'
import { addonHost, clientOf, KEYS, publish, refusal, tenantReplies } from './addon-host.js'

const STEERING = '/v1/steering/domains'
const FILES = ['nsconfig.json', 'nssteering.json', 'nsbypass.json', 'nsexception.json', 'nsoverlap.json']

/** Which versions the files of a download are of, told by their content. */
function versionsIn(files: Readonly<Record<string, string>>): readonly string[] {
  return [...new Set(Object.values(files).map((text) => JSON.parse(text).of))]
}

/** The first `times` that the steering is asked for, another version is published after the answer. */
function changeInTheMiddle(host: HttpsHost, versions: readonly string[]): void {
  const [version, ...rest] = versions
  if (version === undefined) return
  const answer = host.replies.get(STEERING) as string
  host.replies.set(STEERING, (_request, response) => {
    publish(host, version)
    changeInTheMiddle(host, rest)
    response.end(answer)
  })
}

void t.test('a version that stays comes whole', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  const download = await downloadVersion(clientOf(t, host.port), KEYS, 'v1')
  if ('failure' in download) return t.fail(download.detail)
  t.equal(download.version, 'v1')
  t.strictSame(Object.keys(download.files), FILES)
  t.strictSame(versionsIn(download.files), ['v1'])
  t.strictSame(download.certificates, {
    'nscacert.pem': Buffer.from(CA),
    'nstenantcert.pem': Buffer.from(CA),
    'nsusercert.p12': Buffer.from([0x30, 0x82, 0xff, 0x00]),
  })
})

void t.test('a version that changes in the middle is left for the new one', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  changeInTheMiddle(host, ['v2', 'v3'])
  const download = await downloadVersion(clientOf(t, host.port), KEYS, 'v1')
  if ('failure' in download) return t.fail(download.detail)
  t.equal(download.version, 'v3')
  t.strictSame(versionsIn(download.files), ['v3'], 'no file of another version is among them')
})

void t.test('a tenant that does not come to rest is left for later', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  changeInTheMiddle(host, ['v2', 'v3', 'v4', 'v5'])
  const download = await downloadVersion(clientOf(t, host.port), KEYS, 'v1')
  t.match(download, { failure: 'unsettled', detail: 'it changed during each of 3 downloads' })
  t.equal(host.asked.filter((line) => line.includes(STEERING)).length, 3)
})

void t.test('an answer that says it is of another version ends the round at once', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  const wrong: Reply = (_request, response) => void response.setHeader('x-steerlab-config-version', 'v2').end('{}')
  host.replies.set('/v2/config/org/clientconfig', wrong)
  t.match(await downloadVersion(clientOf(t, host.port), KEYS, 'v1'), { failure: 'unsettled' })
  t.equal(host.asked.filter((line) => line.includes(STEERING)).length, 0)
})

void t.test('what is not mandatory may be missing, the rest may not', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  const client = clientOf(t, host.port)
  host.replies.delete('/config/getoverlappingdomainlist')
  host.replies.set('/steering/pinnedapps', refusal(404, 'none'))
  const download = await downloadVersion(client, KEYS, 'v1')
  t.strictSame('files' in download && Object.keys(download.files), [
    'nsconfig.json',
    'nssteering.json',
    'nsexception.json',
  ])
  host.replies.set('/steering/pinnedapps', refusal(403, 'no'))
  t.match(await downloadVersion(client, KEYS, 'v1'), { failure: 'rejected', detail: 'nsbypass.json: no' })
  host.replies.delete('/steering/pinnedapps')
  host.replies.delete('/steering/exceptions')
  t.match(await downloadVersion(client, KEYS, 'v1'), { failure: 'http', detail: 'nsexception.json: HTTP status 404' })
})

void t.test('a version is one short line', async (t) => {
  const host = await addonHost(t)
  const client = clientOf(t, host.port)
  const cases: readonly [unknown, object][] = [
    ['2025-03-05 14:01:01.629725', { version: '2025-03-05 14:01:01.629725' }],
    ['7', { version: '7' }],
    ['', { failure: 'malformed' }],
    [' 7', { failure: 'malformed' }],
    ['a\nb', { failure: 'malformed' }],
    ['x'.repeat(65), { failure: 'malformed' }],
    [7, { failure: 'malformed' }],
    [undefined, { failure: 'malformed' }],
  ]
  for (const [config_version, wanted] of cases) {
    host.replies.set('/config/org/version', JSON.stringify({ config_version, status: 'success' }))
    t.match(await askVersion(client, KEYS), wanted, JSON.stringify(config_version))
  }
})
