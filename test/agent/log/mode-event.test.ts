import t from 'tap'
import { modeChanges, modeEvents } from '../../../agent/log/mode-event.js'
import { type PolicyWords, policyOf } from '../../support/policies.js'

void t.test('where the client is and what it steers', async (t) => {
  const cases: [sentence: string, words: PolicyWords, location: object, dynamic: object][] = [
    ['all', {}, { trafficMode: 3, dnsMode: 0 }, { webMode: 1, firewallMode: 1, dnsMode: 0, steeringNone: 'false' }],
    ['all with DNS', { steering: { steer_dns: 1 } }, { trafficMode: 3, dnsMode: 1 }, { dnsMode: 1 }],
    ['web', { mode: 'web' }, { trafficMode: 1, dnsMode: 0 }, { webMode: 1, firewallMode: 0 }],
    ['web has no DNS', { mode: 'web', steering: { steer_dns: 1 } }, { dnsMode: 0 }, { dnsMode: 0 }],
    ['cloud apps', { mode: 'cloud-apps' }, { trafficMode: 0 }, { webMode: 1, firewallMode: 0 }],
    ['none', { steering: { steering_method_none: 1 } }, { trafficMode: 0 }, { webMode: 0, steeringNone: 'true' }],
  ]
  for (const [sentence, words, location, dynamic] of cases)
    t.match(
      modeEvents(policyOf(words), 'off-prem', 'remote'),
      [
        { type: 'client-location', location: 'remote', ...location },
        { type: 'dynamic-steering', ...dynamic },
      ],
      sentence,
    )
})

void t.test('it is said at the start, and when it has changed', async (t) => {
  const away = { policy: policyOf(), situation: { location: 'off-prem' } } as const
  const web = { ...away, policy: policyOf({ mode: 'web' }) }
  const office = { ...away, situation: { location: 'on-prem' } } as const
  t.equal(modeChanges(away).length, 2, 'at the start')
  t.strictSame(modeChanges({ ...away, policy: policyOf({ names: ['zoom.us'] }) }, away), [], 'an exception is no mode')
  t.match(modeChanges(web, away), [{ location: 'remote', trafficMode: 1 }, {}], 'another mode')
  t.match(modeChanges(office, away), [{ location: 'on-prem', trafficMode: 3 }, {}], 'another place')
})
