import t from 'tap'
import { fillerOf } from '../../../../agent/log/replay/fill-in.js'
import type { ToldFlow } from '../../../../agent/log/replay/told-flow.js'

const NOTHING: ToldFlow = { verdict: 'nsProxy', process: '', host: '', ip: '', port: 0, leftOut: [] }

const full = (process: string, host: string, ip: string, port: number): ToldFlow => ({
  ...NOTHING,
  process,
  host,
  ip,
  port,
})
const pinned = (process: string, host: string): ToldFlow => ({
  ...NOTHING,
  verdict: 'pinned-direct',
  process,
  host,
  leftOut: ['address', 'port'],
})
const quic = (process: string, ip: string): ToldFlow => ({
  ...NOTHING,
  verdict: 'blocked-udp',
  process,
  ip,
  port: 443,
  leftOut: ['host'],
})
const address = (ip: string): ToldFlow => ({
  ...NOTHING,
  verdict: 'exception-ip',
  ip,
  leftOut: ['process', 'host', 'port'],
})

const LOG = [
  full('a', 'one.example', '192.0.2.1', 8443),
  full('b', 'one.example', '192.0.2.1', 443),
  full('a', 'two.example', '192.0.2.2', 80),
  full('a', 'two.example', '192.0.2.3', 443),
  full('a', 'shared.example', '192.0.2.3', 443),
  full('a', '', '192.0.2.9', 22),
]

void t.test('what a line leaves out, where the others leave no doubt', async (t) => {
  const fill = fillerOf(LOG)
  const cases: [flow: ToldFlow, filled: string, why: string][] = [
    [full('a', 'two.example', '192.0.2.2', 80), 'a two.example 192.0.2.2 80 tcp', 'nothing is left out'],
    [pinned('a', 'one.example'), 'a one.example 192.0.2.1 8443 tcp', 'the only address, and the port of that program'],
    [pinned('b', 'one.example'), 'b one.example 192.0.2.1 443 tcp', 'which is not that of another'],
    [pinned('c', 'one.example'), 'c one.example 192.0.2.1 443 tcp', 'a program with no port said uses 443'],
    [pinned('a', 'two.example'), 'a two.example  443 tcp', 'two addresses, two ports: neither'],
    [pinned('a', 'new.example'), 'a new.example  443 tcp', 'a host of which nothing is said'],
    [pinned('a', ''), 'a   443 tcp', 'no host has no address'],
    [quic('a', '192.0.2.1'), 'a one.example 192.0.2.1 443 udp', 'the only host of an address'],
    [quic('a', '192.0.2.3'), 'a  192.0.2.3 443 udp', 'two hosts at one address'],
    [quic('a', '192.0.2.9'), 'a  192.0.2.9 443 udp', 'an address without a host'],
    [address('192.0.2.1'), 'unknown  192.0.2.1 443 tcp', 'the address alone: neither program nor host'],
    [full('a', '', '192.0.2.1', 443), 'a  192.0.2.1 443 tcp', 'a host that was not known is not made up'],
  ]
  for (const [flow, expected, why] of cases) {
    const { process, host, destination, transport } = fill(flow)
    t.equal(`${process} ${host} ${destination.ip} ${destination.port} ${transport}`, expected, why)
  }
})
