/** From a public endpoint of the cloud to where it listens. */

import { isIPv4 } from 'node:net'
import t from 'tap'
import { routeInCloud, routeKey } from '../../../agent/outbound/cloud-route.js'

const DOOR = { ip: '163.116.133.35', port: 443 }
const [tcp, udp, services] = [40123, 40124, 40125].map((port) => ({ ip: '127.18.0.1', port }))
const cloud = {
  ldns: services!,
  addon: services!,
  routes: { '163.116.133.35:443/tcp': tcp!, '163.116.133.35:443/udp': udp! },
}

void t.test('what is in the cloud', async (t) => {
  t.equal(routeKey(DOOR, 'udp'), '163.116.133.35:443/udp')
  t.strictSame(routeInCloud(cloud, DOOR), tcp, 'TCP, unless said otherwise')
  t.strictSame(routeInCloud(cloud, DOOR, 'udp'), udp)
})

void t.test('what is not leads nowhere, and never out of this machine', async (t) => {
  for (const endpoint of [
    { ...DOOR, port: 80 },
    { ...DOOR, ip: '163.116.133.36' },
    { ip: '8.8.8.8', port: 443 },
    { ip: '', port: 0 },
  ]) {
    const { ip } = routeInCloud(cloud, endpoint)
    t.ok(isIPv4(ip) && ip.startsWith('127.18.255.'), `${endpoint.ip}:${endpoint.port} -> ${ip}`)
  }
})
