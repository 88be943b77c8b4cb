// Pure: reads the packet lines of `nft monitor trace`, which is how refused UDP 443 becomes known without a packet
// socket. One packet makes several trace lines; only the `packet:` line carries the addresses:
//   trace id 59d6c7d0 inet steerlab quic packet: oif "lo" ip saddr 192.0.2.77 ip daddr 1.2.3.4 ... udp sport 59227 udp dport 443 ...

import type { OwnedConnection } from '../process/owner.js'

const PACKET = / packet: .*? ip6? saddr (\S+) ip6? daddr (\S+) .*? udp sport (\d+) udp dport (\d+) /

/** The refused packet a trace line tells of, or undefined when it tells of none. */
export function parseTraceLine(line: string): OwnedConnection | undefined {
  const found = PACKET.exec(line)
  if (found === null) return undefined
  const [, source, destination, sport, dport] = found as unknown as readonly [string, string, string, string, string]
  return {
    transport: 'udp',
    local: { ip: source, port: Number(sport) },
    remote: { ip: destination, port: Number(dport) },
  }
}
