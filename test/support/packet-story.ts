/** A capture whose packets come out as words: `namespace 10.0.0.1:5 > 1.2.3.4:80 SYN`, for tests of who tells it what. */

import type { CaptureWriter } from '../../agent/capture-file/capture-writer.js'
import { TCP_FLAG, type TcpPacket, type UdpPacket } from '../../agent/capture-file/packet.js'
import { PacketCapture } from '../../agent/capture-file/packet-capture.js'
import type { CaptureSlot } from '../../agent/capture-file/tapped-conversation.js'

const FLAGS = Object.entries(TCP_FLAG).filter(([name]) => name !== 'psh' && name !== 'ack')

function tcpInWords({ addresses, outbound, flags, payload, begin, end }: TcpPacket): string {
  const { sourcePort, destinationPort } = addresses
  const flag = FLAGS.filter(([, bit]) => (flags & bit) !== 0).map(([name]) => name.toUpperCase())
  const data = Buffer.from(payload.subarray(begin, end)).toString('latin1')
  const way = outbound ? `${sourcePort} > ${destinationPort}` : `${destinationPort} < ${sourcePort}`
  return [way, ...flag, ...(data === '' ? [] : [JSON.stringify(data)])].join(' ')
}

/** A slot to put captures in, and what they have been told; pure acknowledgements are left out. */
export function packetStory(interfaces: readonly string[]) {
  const told: string[] = []
  let clock = 1_000_000
  const capture = (): PacketCapture => {
    const writer = {
      tcp(packet: TcpPacket) {
        const words = tcpInWords(packet)
        const isAck = packet.flags === TCP_FLAG.ack && packet.begin === packet.end
        if (isAck && packet.comment === undefined) return
        told.push(`${interfaces[packet.interfaceId]} ${words}${packet.comment ? ` (${packet.comment})` : ''}`)
      },
      udp({ interfaceId, addresses, payload, comment }: UdpPacket) {
        const { sourcePort, destinationPort } = addresses
        const said = `${Buffer.from(payload).toString('latin1')}${comment ? ` (${comment})` : ''}`
        told.push(`${interfaces[interfaceId]} udp ${sourcePort} > ${destinationPort} ${said}`)
      },
      icmpUnreachable({ addresses }: UdpPacket, reason: string) {
        told.push(`icmp ${reason} unreachable: ${addresses.destinationPort}`)
      },
      secrets(text: string) {
        told.push(`secrets ${text}`)
      },
    } as unknown as CaptureWriter
    return new PacketCapture({ writer, interfaces, now: () => clock++, random32: () => 7 })
  }
  const slot: { current: PacketCapture | undefined; keys: boolean } & CaptureSlot = { current: undefined, keys: false }
  return { slot, capture, told, now: () => clock++ }
}
