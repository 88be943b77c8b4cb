/** What an inner capture hears of DNS: datagrams as they were, and connections rebuilt. */

import type { DnsTap } from '../dns/dns-server.js'
import { type CaptureSlot, TappedConversation } from './tapped-conversation.js'

/** The interface DNS is shown on. */
const DNS_INTERFACE = 'dns'

const NO_COMMENT = () => ''

/** The tap of a DNS server; `now` gives microseconds since 1970. */
export function dnsTap(slot: CaptureSlot, now: () => number): DnsTap {
  return {
    datagram: (from, to, bytes, outbound) =>
      slot.current?.datagram({ interfaceName: DNS_INTERFACE, from, to, outbound }, bytes),
    stream: (client, server) => {
      const facts = { interfaceName: DNS_INTERFACE, client, server, comment: NO_COMMENT }
      const begunAt = now()
      return TappedConversation.open(slot, facts, begunAt, begunAt)
    },
  }
}
