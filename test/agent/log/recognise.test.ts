import fc from 'fast-check'
import t from 'tap'
import { CATALOGUE } from '../../../agent/log/catalogue.js'
import { recognise } from '../../../agent/log/recognise.js'
import { parseRecord } from '../../../agent/log/record.js'
import { carried, render, templateOf } from '../../../agent/log/render.js'
import type { FieldValue } from '../../../agent/log/template.js'
import { hostileEvents } from '../../support/hostile-events.js'
import { FRAGMENTS, GOLDEN_LINES } from '../../support/log-lines.js'

void t.test('every golden line tells an event, and the event tells the line', async (t) => {
  for (const golden of GOLDEN_LINES) {
    const parsed = parseRecord(golden)
    const message = 'record' in parsed ? parsed.record.message : ''
    const found = recognise(message)
    t.equal(found && render(found.event, found.form.template), message, golden)
    t.equal('record' in parsed && parsed.record.component, found?.form.component, 'the catalogue knows its component')
    t.equal('record' in parsed && parsed.record.file, found?.form.file, 'and its file')
  }
})

/** What stands before the message in the fragments, where anything does. */
const FRAGMENT_PREFIX =
  /^(?:\d{4}\/\d\d\/\d\d )?(?:\d\d:\d\d:\d\d(?:\.\d+)? )?(?:\w+ p\w+ t\w+ )?(?:(?:info|error) )?(?:\w+\.(?:cpp|mm):\d+ )?(?:(?:Config|nsTunnel|nsssl|BypassAppMgr|ExceptiontMgr|nsUtils|nsImpersonate|nsRtNetlink|nsFilterDevice|NSCOM2|UISystemTray|NetTool|peer|deviceId|cert(?= system))\s)?/

/** Fragments that no event is made of, each with the reason. */
const UNRECOGNISED: ReadonlyMap<string, string> = new Map([
  [FRAGMENTS[0]!, 'cut behind " to"'],
  [FRAGMENTS[1]!, 'message elided'],
  ['Tunneling flow from addr: 2603:9000:5d00:1c:fdf0:9da5:xxxx:xxxx:59136', 'cut'],
  ['Tunneling flow from addr: 192.168.4.xxx:57425', 'cut'],
  [
    'Tunneling flow from addr: 1.0.0.1:49715 to host: finanzas.rocketflow.cl, addr: 137.184.12.234:443 to nsProxy',
    'no process: a user joined it',
  ],
  ["Can't find domain from: realm list", 'the installer log, no public prefix'],
  ['Invalid options, MyRunFileName not found!', 'the installer log, no public prefix'],
  ['Successfully downloaded branding file by email id', 'the installer log, no public prefix'],
])

void t.test('every fragment that has a message is recognised, the others are listed', async (t) => {
  for (const fragment of FRAGMENTS) {
    const message = fragment.replace(FRAGMENT_PREFIX, '')
    // The two flow lines without transport and session come with the ones every real line has.
    const whole = message.startsWith('Tunneling flow') ? `DTLS [sessId 1] ${message}` : message
    const found = recognise(whole)
    const reason = UNRECOGNISED.get(fragment)
    if (reason !== undefined) t.equal(found, undefined, `${reason}: ${fragment}`)
    else t.equal(found && render(found.event, found.form.template), whole, fragment)
  }
})

void t.test('recognise is the inverse of render for every form, whatever the fields hold', async (t) => {
  for (const form of CATALOGUE) {
    const { fields } = templateOf(form.template)
    fc.assert(
      fc.property(hostileEvents(form), (event) => {
        const message = render(event, form.template)
        const found = recognise(message)
        const values = event as unknown as Record<string, FieldValue>
        const expected = Object.fromEntries(fields.map((field) => [field.name, carried(field, values[field.name])]))
        t.strictSame(found?.event, { type: form.event, ...expected })
        return found?.form.event === form.event && render(found.event, form.template) === message
      }),
      { numRuns: 200 },
    )
  }
})

void t.test('a message that is nearly one is none', async (t) => {
  const cases: [sentence: string, message: string][] = [
    ['nothing', ''],
    ['a beginning', 'TLS [sessId 1] Tunneling flow from addr: 1.2.3.4:5'],
    ['a port that is none', 'TLS Connecting to gateway-a.goskope.com:99999999999999999'],
    [
      'a port with a leading zero',
      'DTLS [sessId 1] Tunneling flow from addr: 1.2.3.4:05, process: a to host: b, addr: 1.2.3.4:5 to nsProxy',
    ],
    [
      'a way that does not exist',
      'DTLS [sessId 1] Tunneling flow from addr: 1.2.3.4:5, process: a to host: b, addr: 1.2.3.4:5 to nsPro',
    ],
    ['a transport that does not exist', 'QUIC received nsssl_closed, tunnel destroyed'],
    ['something behind the end', 'Tunnel Up again'],
    ['a host with a space', 'Hostname a b resolved by EDNS'],
    ['a location that does not exist', 'Client location is moon and traffic mode is 3, DNS 1'],
    ['a message of 10 MB', `Current user: ${'x'.repeat(10_000_000)}`],
  ]
  for (const [sentence, message] of cases) t.equal(recognise(message), undefined, sentence)
})

void t.test('hostile repetition takes linear time', async (t) => {
  for (const piece of [', process: ', ' to host: ', ', addr: ', ' to ', ':']) {
    const message = `TLS [sessId 1] Tunneling flow from addr: 1:1${piece.repeat(60_000 / piece.length)}`
    const begin = performance.now()
    for (let i = 0; i < 20; i++) recognise(message)
    // A quadratic reading of 60,000 characters would take seconds each.
    t.ok(performance.now() - begin < 2000, piece)
  }
})
