/** Where a connection into the lab's internet goes. */

import t from 'tap'
import { type LabDescription, routeInLab } from '../../../agent/outbound/lab-route.js'

const lab: LabDescription = {
  dns: { ip: '127.0.0.1', port: 5300 },
  ports: { '443': 40443, '22': 40022 },
  hosts: {
    '203.0.113.20': { '443': 41443 },
    '2001:db8:1ab::20': { '443': 41443, '25': 41025 },
    '203.0.113.5': { '443': 1 },
  },
  addresses: ['74.112.186.144', '2620:117:bff0:13::90', '203.0.113.5', '203.0.113.20', '2001:db8:1ab::20'],
  refusing: ['203.0.113.5'],
  caFile: '/nowhere/labca.pem',
}

const CASES: readonly [ip: string, port: number, route: ReturnType<typeof routeInLab>, why: string][] = [
  ['74.112.186.144', 443, { host: '127.0.0.1', port: 40443 }, 'an origin, on a served port'],
  ['2620:117:bff0:13::90', 443, { host: '127.0.0.1', port: 40443 }, 'the same listener for IPv6'],
  ['74.112.186.144', 22, { host: '127.0.0.1', port: 40022 }, 'another port, another listener'],
  ['74.112.186.144', 25, 'refused', 'a port nobody serves'],
  ['203.0.113.20', 443, { host: '127.0.0.1', port: 41443 }, 'a host with a listener of its own'],
  ['203.0.113.20', 22, { host: '127.0.0.1', port: 40022 }, "such a host's other ports are everybody's"],
  ['203.0.113.20', 25, 'refused', "a port of another host's own"],
  ['2001:db8:1ab::20', 25, { host: '127.0.0.1', port: 41025 }, 'a port that only one host has'],
  ['203.0.113.5', 443, 'refused', 'a host that refuses every port'],
  ['198.51.100.1', 443, 'unreachable', 'an address of no name'],
  ['127.0.0.1', 443, 'unreachable', 'loopback is not in the lab'],
  ['', 443, 'unreachable', 'no address'],
]

void t.test('an address and a port lead to a listener, or nowhere', async (t) => {
  for (const [ip, port, route, why] of CASES) t.strictSame(routeInLab(lab, ip, port), route, why)
})

void t.test('a description survives the way between processes', async (t) => {
  const received = JSON.parse(JSON.stringify(lab)) as LabDescription
  for (const [ip, port, route, why] of CASES) t.strictSame(routeInLab(received, ip, port), route, why)
})

void t.test('a lab without refusing hosts, or hosts of their own, refuses none', async (t) => {
  const { refusing: _, hosts: __, ...without } = lab
  t.strictSame(routeInLab(without, '203.0.113.5', 443), { host: '127.0.0.1', port: 40443 })
})
