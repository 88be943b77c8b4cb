/** The download of a client's life: hosts on real sockets, time moved by hand. */

import t from 'tap'
import { scheduleSettings } from '../../../../agent/config/download/schedule.js'
import type { Reply } from '../../../support/https-host.js'
import { waitUntil } from '../../../support/wait-until.js'
import { addonHost, HOST, KEYS, publish, refusal, tenantReplies } from './addon-host.js'
import { labOf, MINUTE, typesOf } from './downloader-lab.js'

const VERSION = '/config/org/version'

void t.test('a client is brought up to date, and follows its tenant', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  const { downloader, events, applied, kept, step } = labOf(t, host)
  t.match(downloader.status, { enrolled: true, host: HOST, version: '', lastCheck: '', lastSuccess: '' })
  downloader.start()
  t.equal(await step(), 60)
  t.strictSame(applied, ['v1: 5'])
  t.strictSame(kept, ['nscacert.pem', 'nstenantcert.pem', 'nsusercert.p12'])
  t.match(downloader.status, {
    version: 'v1',
    lastCheck: '2025-03-05T14:00:00.000Z',
    lastSuccess: '2025-03-05T14:00:00.000Z',
    lastFailure: '',
    nextCheck: '2025-03-05T15:00:00.000Z',
  })
  t.strictSame(typesOf(events), Array(10).fill('config-download'), 'version, 5 files, 3 certificates, version')

  const asked = host.asked.length
  t.equal(await step(), 60, 'no news')
  t.equal(host.asked.length, asked + 1)
  publish(host, 'v2')
  t.equal(await step(), 6.5, 'news: it is not downloaded at once')
  t.equal(applied.length, 1)
  t.equal(await step(), 60)
  t.strictSame(applied, ['v1: 5', 'v2: 5'])
  t.equal(downloader.status.version, 'v2')
  t.notMatch(JSON.stringify([events, downloader.status]), /KEY/, 'no key was told')
})

void t.test('what is in force from an earlier run is not downloaded again', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  const { downloader, applied, step } = labOf(t, host, { version: 'v1' })
  downloader.start()
  t.equal(await step(), 60)
  t.strictSame(host.asked.length, 1)
  t.strictSame(applied, [])
  t.match(downloader.status, { version: 'v1', lastSuccess: '2025-03-05T14:00:00.000Z' })
})

void t.test('a host that is away is said to be so, and asked again until it is back', async (t) => {
  const host = await addonHost(t, new Map<string, Reply>([[VERSION, (request) => void request.socket.destroy()]]))
  const { downloader, events, applied, step } = labOf(t, host)
  downloader.start()
  t.equal(await step(), 10, 'until a first download succeeds')
  t.equal(await step(), 10)
  const failed = [
    { type: 'config-download', host: HOST, url: `https://${HOST}/` },
    { type: 'download-failed', code: 52, error: 'Server returned nothing (no headers, no data)' },
    { type: 'config-retry', minutes: 10 },
  ]
  t.strictSame(events, [...failed, ...failed])
  t.match(downloader.status, { lastFailure: /^cut-off: /, lastSuccess: '', lastCheck: '2025-03-05T14:10:00.000Z' })
  publish(host, 'v1')
  t.equal(await step(), 60)
  t.strictSame(applied, ['v1: 5'])
  t.equal(downloader.status.lastFailure, '')

  host.replies.set(VERSION, () => {})
  t.equal(await step(), 6.5, 'later a check is repeated in 3 to 10 min')
  t.strictSame(typesOf(events.slice(-2)), ['download-failed', 'config-retry'])
  t.match(events.slice(-2), [{ code: 28, error: 'Timeout was reached' }, { minutes: 7 }])
  t.match(downloader.status, { version: 'v1', lastFailure: /^timed-out/ })
  publish(host, 'v1')
  t.equal(await step(), 60)
})

void t.test('each way a host can fail leaves the version in force', async (t) => {
  const host = await addonHost(t, tenantReplies('v2'))
  const { downloader, applied, events } = labOf(t, host, { version: 'v1' })
  const cases: readonly [path: string, Reply, failure: string][] = [
    [VERSION, refusal(403, `wrong ${KEYS.orgKey}`), 'rejected: wrong ***'],
    ['/v1/steering/domains', '<html>', 'malformed: nssteering.json: the answer is not a JSON object'],
    ['/steering/exceptions', ' '.repeat(1_048_577), 'too-large: nsexception.json: the answer is larger than'],
    ['/v2/config/user/cert', '{"status":"error","message":"gone"}', 'rejected: nsusercert.p12: gone'],
  ]
  for (const [path, reply, failure] of cases) {
    publish(host, 'v2')
    host.replies.set(path, reply)
    t.match(await downloader.updateNow(), { result: 'failed' }, failure)
    t.ok(downloader.status.lastFailure.startsWith(failure), downloader.status.lastFailure)
    t.match(downloader.status, { version: 'v1' })
    t.equal(events.at(-1)?.type, 'config-retry')
  }
  t.strictSame(applied, [])
})

void t.test('a version that is refused is told, and tried again', async (t) => {
  const host = await addonHost(t, tenantReplies('v2'))
  let problems: readonly string[] = ['nssteering.json:1: no', 'nsconfig.json:1: no']
  const { downloader } = labOf(t, host, { version: 'v1', apply: async () => problems })
  t.strictSame(await downloader.updateNow(), { result: 'refused', version: 'v2', problems })
  t.match(downloader.status, {
    version: 'v1',
    lastFailure: 'version v2 was refused: nssteering.json:1: no (and 1 more)',
  })
  problems = []
  t.strictSame(await downloader.updateNow(), { result: 'in-force', version: 'v2' })
})

void t.test('what cannot be kept on disk is a problem too, and nothing is applied then', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  const full = () => Promise.reject(new Error('the disk is full'))
  const { downloader, applied } = labOf(t, host, { keepCertificates: full })
  t.match(await downloader.updateNow(), { result: 'refused', problems: ['the disk is full'] })
  t.strictSame(applied, [])
})

void t.test('an update on demand takes what waits, and sets the clock anew', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  const { downloader, applied, step, wait, clock } = labOf(t, host, { version: 'v1' })
  downloader.start()
  await step()
  publish(host, 'v2')
  t.equal(await step(), 6.5)
  clock.pass(MINUTE)
  t.strictSame(await downloader.updateNow(), { result: 'in-force', version: 'v2' })
  t.equal(await wait(), 60)
  t.strictSame(await downloader.updateNow(), { result: 'up-to-date', version: 'v2' })
  t.strictSame(applied, ['v2: 5'])
})

void t.test('one operation runs at a time, and all who ask meanwhile get the same', async (t) => {
  let running = 0
  let most = 0
  const host = await addonHost(t, tenantReplies('v1'))
  for (const [path, answer] of host.replies)
    host.replies.set(path, (_request, response) => {
      most = Math.max(most, ++running)
      response.once('finish', () => running--)
      setImmediate(() => response.end(answer))
    })
  const { downloader, applied } = labOf(t, host)
  const askAll = () => Array.from({ length: 50 }, () => downloader.updateNow())
  const early = askAll()
  await waitUntil(() => host.asked.length > 2)
  downloader.postStatus('Tunnel Up')
  const late = askAll()
  for (const { result } of await Promise.all(early)) t.equal(result, 'in-force')
  for (const { result } of await Promise.all(late)) t.equal(result, 'up-to-date')
  t.equal(most, 1)
  t.strictSame(applied, ['v1: 5'])
  t.equal(host.asked.length, 10 + 1 + 1, 'a download, a status, a check')
})

void t.test('the waits are those of the configuration in force', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  let minutes = '60'
  const { downloader, step } = labOf(t, host, {
    settings: () => scheduleSettings({}, minutes),
    apply: async () => {
      minutes = '2'
      return []
    },
  })
  downloader.start()
  t.equal(await step(), 2)
})

void t.test('closing ends a download in the middle, says no more, and sets no timer', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  host.replies.set('/steering/exceptions', () => {})
  const { downloader, events, applied, clock } = labOf(t, host)
  downloader.start()
  clock.pass(0)
  await waitUntil(() => host.asked.some((line) => line.includes('/steering/exceptions')))
  const said = events.length
  downloader.postStatus('Tunnel Down')
  const queued = downloader.updateNow()
  await downloader.close()
  t.match(await queued, { result: 'failed', failure: 'closed' })
  t.match(await downloader.updateNow(), { result: 'failed', failure: 'closed' })
  t.equal(events.length, said)
  t.strictSame([applied, clock.waits, host.posted], [[], [], []])
})

void t.test('with the system timers it runs by itself', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  const settings = scheduleSettings({ checkMs: 100, applyMinMs: 100, applyMaxMs: 200 })
  const { downloader, applied } = labOf(t, host, { settings: () => settings, now: Date.now })
  downloader.start()
  await waitUntil(() => applied.length === 1)
  publish(host, 'v2')
  await waitUntil(() => applied.length === 2)
  await downloader.close()
})
