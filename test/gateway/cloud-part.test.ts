/** Parts of the mock cloud: where they were before, and what they are together. */

import t from 'tap'
import { type CloudPart, portIn, wholeCloud } from '../../gateway/cloud-part.js'

const ldns = { ip: '127.18.1.1', port: 53 }
const addon = { ip: '127.18.1.1', port: 4001 }
const ORD: CloudPart = { routes: { '163.116.133.35:443/tcp': { ip: '127.18.0.1', port: 4002 } } }
const SERVICES: CloudPart = { ldns, addon, routes: { '8.8.8.8:443/tcp': { ip: '127.18.1.1', port: 4003 } } }

void t.test('the port that stood for an endpoint', async (t) => {
  const door = { ip: '163.116.133.35', port: 443 }
  t.equal(portIn(ORD, door), 4002)
  t.equal(portIn(ORD, door, 'udp'), 0, 'another transport')
  t.equal(portIn(ORD, { ...door, port: 80 }), 0, 'another port')
  t.equal(portIn(SERVICES, door), 0, 'another part')
  t.equal(portIn(undefined, door), 0, 'no part')
})

void t.test('the whole of its parts, in any order', async (t) => {
  const whole = { ldns, addon, routes: { ...ORD.routes, ...SERVICES.routes } }
  t.strictSame(wholeCloud([SERVICES, ORD]), whole)
  t.strictSame(wholeCloud([ORD, SERVICES]), whole)
  t.strictSame(wholeCloud([SERVICES]), SERVICES)
  t.equal(wholeCloud([ORD]), undefined, 'no services, no cloud')
  t.equal(wholeCloud([]), undefined)
})
