/** UDP sockets as DTLS uses them: to IP addresses only, with errors as events and a bound on what waits to be sent. */

import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'

/** Asked of the kernel for each direction, bytes; it gives what net.core.rmem_max and wmem_max allow. */
const KERNEL_BUFFER_BYTES = 1024 * 1024

/** What may wait in this process when the kernel takes no more, bytes; what is too much is dropped, as on any link. */
const MOST_QUEUED_BYTES = 1024 * 1024

/** IP and UDP headers, bytes (RFC 791, RFC 8200, RFC 768). */
const IPV4_HEADERS = 20 + 8
const IPV6_HEADERS = 40 + 8

/** What every IPv4 host must be able to receive (RFC 791), and room enough for OpenSSL's 256 bytes. */
const LEAST_MTU = 576

/** A socket of the family of `ip`, an IP address. */
export function newUdpSocket(ip: string): Socket {
  const isV6 = isIPv6(ip)
  return createSocket({
    type: isV6 ? 'udp6' : 'udp4',
    recvBufferSize: KERNEL_BUFFER_BYTES,
    sendBufferSize: KERNEL_BUFFER_BYTES,
    // Node would "resolve" even an IP address, a turn of the event loop later.
    lookup: (address, _options, found) => found(null, address, isV6 ? 6 : 4),
  })
}

/** Whether the socket takes another datagram now. */
export function hasRoom(socket: Socket): boolean {
  return socket.getSendQueueSize() < MOST_QUEUED_BYTES
}

/** The UDP payload, in bytes, that fits an IP packet of `mtu` bytes to `ip`; an `mtu` below 576 counts as 576. */
export function payloadBytes(mtu: number, ip: string): number {
  return Math.max(mtu, LEAST_MTU) - (isIPv6(ip) ? IPV6_HEADERS : IPV4_HEADERS)
}
