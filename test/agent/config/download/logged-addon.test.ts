/** What the log says of requests, in the words of the real client's lines, and without keys. */

import t from 'tap'
import type { AddonAnswer } from '../../../../agent/config/download/addon-client.js'
import { configurationRequests, statusRequest } from '../../../../agent/config/download/endpoints.js'
import { loggedAddon } from '../../../../agent/config/download/logged-addon.js'
import type { LogEvent } from '../../../../agent/log/event.js'
import { CLOSED } from '../../../../agent/outbound/https-failure.js'
import { HOST, KEYS } from './addon-host.js'

const [CONFIG] = configurationRequests(KEYS)
const FETCH = { type: 'config-download', host: HOST, url: `https://${HOST}/` }

async function logOf(answer: AddonAnswer, posted?: unknown): Promise<readonly LogEvent[]> {
  const events: LogEvent[] = []
  const addon = loggedAddon({ host: HOST, ask: async () => answer }, { report: (event) => events.push(event) })
  const request = posted === undefined ? CONFIG! : statusRequest(KEYS)
  t.equal(await addon.ask(request, posted), answer, 'the answer is passed on')
  return events
}

void t.test('each fetch is told, and how it failed', async (t) => {
  const failed = (
    failure: 'refused' | 'rejected' | 'malformed',
    curlCode: number,
    httpStatus?: number,
  ): AddonAnswer => ({
    failure,
    detail: 'words',
    curlCode,
    ...(httpStatus === undefined ? {} : { httpStatus }),
  })
  const cases: readonly [why: string, AddonAnswer, readonly object[]][] = [
    ['a good answer', { body: Buffer.alloc(0), version: undefined }, []],
    [
      'nobody there',
      failed('refused', 7),
      [{ type: 'download-failed', code: 7, error: 'Could not connect to server' }],
    ],
    ['refused in JSON', failed('rejected', 22, 403), [{ type: 'http-refused', code: 403 }]],
    ['the transfer was fine', failed('malformed', 0, 200), []],
    ['we are stopping', CLOSED, []],
  ]
  for (const [why, answer, wanted] of cases) t.strictSame(await logOf(answer), [FETCH, ...wanted], why)
})

void t.test('a post is told with its body', async (t) => {
  const events = await logOf({ body: Buffer.alloc(0), version: undefined }, { client_status: { event: 'Tunnel Up' } })
  t.strictSame(events, [{ type: 'client-status', json: '{"client_status":{"event":"Tunnel Up"}}' }])
})
