/** What a client may post. */

import t from 'tap'
import { readClientStatus } from '../../../gateway/services/client-status.js'

const post = (client_status: unknown) => JSON.stringify({ client_status })
const FULL = {
  event: 'Tunnel Up',
  actor: 'System',
  host_info: { hostname: 'desk', os: 'Linux', cores: 4, managed: true, owner: null },
  device_classification_status: 'managed',
}

void t.test('statuses', (t) => {
  t.strictSame(readClientStatus(post(FULL)), FULL)
  t.strictSame(readClientStatus(post({ event: 'User Disabled' })), { event: 'User Disabled' }, 'the event alone')
  t.match(readClientStatus(post({ event: 'x', device_classification_status: 2 })), { device_classification_status: 2 })
  t.strictSame(readClientStatus(post({ event: 'x', later: 'key' })), { event: 'x' }, 'what we do not know is left out')
  t.end()
})

const BAD: ReadonlyArray<readonly [why: string, body: string, problem: RegExp]> = [
  ['nothing', '', /not JSON/],
  ['no JSON', 'event=up', /not JSON/],
  ['null', 'null', /an object with client_status/],
  ['a list', '[]', /an object with client_status/],
  ['the event outside', '{"event":"x"}', /\$\.client_status/],
  ['no event', post({}), /\$\.client_status\.event: found nothing/],
  ['an empty event', post({ event: '' }), /1 to 200 characters/],
  ['a long event', post({ event: 'x'.repeat(201) }), /1 to 200 characters/],
  ['an event by number', post({ event: 1 }), /1 to 200 characters/],
  ['an actor by number', post({ event: 'x', actor: 2 }), /\$\.client_status\.actor/],
  ['nested host info', post({ event: 'x', host_info: { a: { b: 1 } } }), /\$\.client_status\.host_info\.a/],
  [
    'deep nesting',
    `{"client_status":{"event":"x","host_info":{"a":${'['.repeat(9000)}${']'.repeat(9000)}}}}`,
    /levels/,
  ],
  ['a list as classification', post({ event: 'x', device_classification_status: [] }), /a text or a number/],
]

void t.test('what is none, and why', (t) => {
  for (const [why, body, problem] of BAD) {
    const read = readClientStatus(body)
    t.match('problems' in read && read.problems.join('\n'), problem, why)
  }
  t.end()
})
