import t from 'tap'
import { recognise } from '../../../../agent/log/recognise.js'
import { type Place, placeAfter, UNKNOWN_PLACE, withSource } from '../../../../agent/log/replay/place.js'

const after = (...messages: string[]): Place =>
  messages.reduce((place, message) => placeAfter(place, recognise(message)!), UNKNOWN_PLACE)

const location = (word: string) => `Client location is ${word} and traffic mode is 3, DNS 1`
const status = (json: string) => `client status message: ${json}`

void t.test('where the client says it is', async (t) => {
  t.equal(after().location, undefined, 'nothing yet')
  t.equal(after(location('remote')).location, 'off-prem')
  t.equal(after(location('remote'), location('on-prem')).location, 'on-prem', 'the last line counts')
  t.equal(after(location('on-prem'), location('N/A')).location, undefined, 'not applicable')
})

void t.test('what class the device is of', async (t) => {
  const says = (word: string) => after(`device classification status: ${word}`).device
  t.equal(says('managed'), 'managed')
  t.equal(says('unmanaged'), 'unmanaged')
  t.equal(says('not configured'), 'unknown', 'a word that is not public')
  t.equal(after(status('{"client_status":{"device_classification_status":"managed"}}')).device, 'managed')
  for (const json of ['{"client_status":{}}', '{"client_status":{"device_classification_status":1}}', 'null', '{'])
    t.equal(after(status(json)).device, undefined, json)
})

void t.test('which addresses it has, one of each family', async (t) => {
  for (const message of [
    'Pref src ip 192.0.2.7, iface 3',
    'Primary tunnel source IP: 192.0.2.7',
    'Change in network: source IP 192.0.2.1 -> 192.0.2.7',
  ])
    t.equal(after(message).source4, '192.0.2.7', message)
  const first = withSource(UNKNOWN_PLACE, '192.0.2.1')
  t.match(withSource(first, '2001:db8::1'), { source4: '192.0.2.1', source6: '2001:db8::1' })
  t.equal(withSource(first, '192.0.2.1'), first, 'the same address is the same place')
  t.equal(withSource(first, '192.0.2.2').source4, '192.0.2.2')
})

void t.test('other messages say nothing of it', async (t) => {
  for (const message of ['Tunnel Up', 'No rule for OPSWAT check'])
    t.equal(placeAfter(UNKNOWN_PLACE, recognise(message)!), UNKNOWN_PLACE, message)
})
