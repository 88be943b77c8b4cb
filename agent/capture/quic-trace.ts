// Pure: reads the packet lines of `nft monitor trace`, which is how refused UDP 443 becomes known without a packet
// socket. One packet makes several trace lines; only the `packet:` line carries the addresses:
//   trace id 59d6c7d0 inet steerlab quic packet: oif "lo" ip saddr 192.0.2.77 ip daddr 1.2.3.4 ... udp sport 59227 udp dport 443 ...

import type { OwnedConnection } from '../process/owner.js'

const PACKET =
  / packet: .*? ip6? saddr (\S+) ip6? daddr (\S+) .*? udp sport (\d+) udp dport (\d+)(?: udp length (\d+))? /

/** UDP's length counts its own header (RFC 768). */
const UDP_HEADER_BYTES = 8

/** A datagram that the kernel refused. */
export interface RefusedDatagram {
  readonly connection: OwnedConnection
  /** Of its payload; 0 where the kernel did not say. */
  readonly bytes: number
}

/** The refused datagram a trace line tells of, or undefined when it tells of none. */
export function parseTraceLine(line: string): RefusedDatagram | undefined {
  const found = PACKET.exec(line)
  if (found === null) return undefined
  const [, source = '', destination = '', sport, dport, length = '0'] = found
  return {
    connection: {
      transport: 'udp',
      local: { ip: source, port: Number(sport) },
      remote: { ip: destination, port: Number(dport) },
    },
    bytes: Math.max(0, Number(length) - UDP_HEADER_BYTES),
  }
}
