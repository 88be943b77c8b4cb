/** DNS in an inner capture, through the real server asked by dig: datagrams as they were, connections rebuilt. */

import t, { type Test } from 'tap'
import { dnsTap } from '../../../agent/capture-file/dns-tap.js'
import { DnsServer } from '../../../agent/dns/dns-server.js'
import { HostMap } from '../../../agent/dns/host-map.js'
import { RelayUpstream } from '../../../agent/dns/upstream.js'
import { dig } from '../../support/dig.js'
import { startTestUpstream } from '../../support/dns-upstream.js'
import { answerFromZone } from '../../support/dns-zone.js'
import { packetStory } from '../../support/packet-story.js'

const NAME = '\\x03www\\x03box\\x04test'

async function asked(t: Test, ...question: readonly string[]) {
  const story = packetStory(['dns'])
  const zone = await startTestUpstream(answerFromZone)
  const upstream = new RelayUpstream({ servers: [zone.endpoint] })
  const tap = dnsTap(story.slot, story.now)
  const server = new DnsServer({ upstream, hostMap: new HostMap(), ipv6: true, dropSvcb: false, now: Date.now, tap })
  t.teardown(() => {
    server.close()
    upstream.close()
    zone.close()
  })
  const port = await server.listen({ host: '127.0.0.1', port: 0 })
  await dig(port, ...question)
  t.strictSame(story.told, [], 'nothing while no capture runs')
  story.slot.current = story.capture()
  const answer = await dig(port, ...question)
  return { story, port, answer }
}

void t.test('a query and its answer, datagram by datagram', async (t) => {
  const { story, port, answer } = await asked(t, 'www.box.test', 'A')
  t.match(answer, /74\.112\.186\.144/)
  const [query = '', reply = '', ...more] = story.told
  t.match(query, new RegExp(`^dns udp \\d+ > ${port} `))
  t.match(reply, new RegExp(`^dns udp ${port} > \\d+ `))
  t.match(query, new RegExp(NAME))
  t.ok(reply.includes('edge\x03cdn'), 'a name in its labels')
  t.ok(reply.includes('\x4a\x70\xba\x90'), 'the address in its four bytes')
  t.strictSame(more, [])
})

void t.test('a connection, from its SYN to its end', async (t) => {
  const { story, port, answer } = await asked(t, '+tcp', 'www.box.test', 'A')
  t.match(answer, /74\.112\.186\.144/)
  const [syn = '', synAck = '', query = '', reply = '', ...end] = story.told
  t.match([syn, synAck], [new RegExp(`^dns \\d+ > ${port} SYN$`), /^dns \d+ < \d+ SYN$/])
  t.match([query, reply], [new RegExp(`^dns \\d+ > ${port} "`), new RegExp(`^dns \\d+ < ${port} "`)])
  t.ok(query.includes('\\u0003www\\u0003box\\u0004test'))
  t.match(end[0], / > \d+ FIN$/, 'dig ends first')
})
