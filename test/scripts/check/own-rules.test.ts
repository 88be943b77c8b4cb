/** Hosts that a configuration does not steer, found for flows that were steered without it. */

import t from 'tap'
import { checkSet } from '../../../agent/config/check-set.js'
import type { FlowRecord } from '../../../agent/flow-history.js'
import { notSteered } from '../../../scripts/check/own-rules.js'
import { defaultTexts, foundTexts } from '../../support/config-files.js'

function flow(host: string, process = 'curl', transport: 'tcp' | 'udp' = 'tcp'): FlowRecord {
  const [source, destination] = [
    { ip: '192.0.2.77', port: 40_000 },
    { ip: '170.114.52.2', port: 443 },
  ]
  const rule = { file: 'nssteering.json', path: '$.traffic_mode' } as const
  const verdict = { action: 'tunnel', via: 'nsProxy', rule, reason: '' } as const
  return {
    time: 0,
    door: 'namespace',
    facts: { transport, source, destination, host, process, sniffed: 'no' },
    verdict,
    sessionId: 1,
  }
}

function notSteeredBy(changes: Parameters<typeof foundTexts>[0], ...flows: readonly FlowRecord[]) {
  const checked = checkSet(foundTexts({ ...defaultTexts(), ...changes }))
  if (!('configuration' in checked)) throw new Error(checked.problems.join('\n'))
  return notSteered(flows, checked.configuration)
}

void t.test('an exception and a pinned app are named, once, and what is steered is not', async (t) => {
  const flows = [
    flow('zoom.us'),
    flow('zoom.us'),
    flow('box.com'),
    flow('github.com', 'git-remote-http'),
    flow('github.com'),
  ]
  t.strictSame(
    notSteeredBy({}, ...flows).map(({ host, verdict, rule }) => [host, verdict, rule.split('[')[0]]),
    [
      ['zoom.us', 'bypass', 'nsexception.json $.names'],
      ['github.com', 'bypass', 'nsbypass.json $.certPinnedAppList'],
    ],
  )
})

void t.test('UDP is nothing that would be inspected', async (t) => {
  t.strictSame(notSteeredBy({}, flow('zoom.us', 'curl', 'udp')), [])
})

void t.test('a configuration that goes by the ClientHello is read as if it had come', async (t) => {
  const client = { ...JSON.parse(defaultTexts()['nsconfig.json']), checkSNI: 'true' }
  t.match(notSteeredBy({ 'nsconfig.json': JSON.stringify(client) }, flow('zoom.us')), [{ host: 'zoom.us' }])
})
