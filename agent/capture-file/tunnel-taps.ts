/** What an outer capture hears of the tunnel: its ciphertext, rebuilt as packets to the gateway's public address. */

import type { RelayTap } from '../relay/relay-tap.js'
import type { Endpoint } from '../steering/flow.js'
import type { DatagramTap, TunnelWire } from '../tunnel/tunnel-wire.js'
import { type CaptureSlot, TappedConversation } from './tapped-conversation.js'

/** The interface the tunnel is shown on. */
export const TUNNEL_INTERFACE = 'tunnel'

/** Gateways are dialled at a handful of loopback endpoints; more than this is no table any more. */
const MOST_ENDPOINTS = 1000

/** The taps of all sessions. */
export class TunnelTaps implements TunnelWire {
  readonly #slot: CaptureSlot
  readonly #now: () => number
  readonly #dialled = new Set<string>()

  /** `now` gives microseconds since 1970. */
  constructor(slot: CaptureSlot, now: () => number) {
    this.#slot = slot
    this.#now = now
  }

  get wantsBytes(): boolean {
    return this.#slot.current !== undefined
  }

  tcp(client: Endpoint, server: Endpoint, dialledAt: number): RelayTap {
    const comment = () => 'the tunnel: TLS, rebuilt from the ciphertext at the agent'
    const facts = { interfaceName: TUNNEL_INTERFACE, client, server, comment }
    return TappedConversation.open(this.#slot, facts, dialledAt, this.#now())
  }

  udp(local: Endpoint, gateway: Endpoint): DatagramTap {
    const shared = { interfaceName: TUNNEL_INTERFACE }
    return {
      sent: (datagram) =>
        this.#slot.current?.datagram({ ...shared, from: local, to: gateway, outbound: true }, datagram),
      received: (datagram) =>
        this.#slot.current?.datagram({ ...shared, from: gateway, to: local, outbound: false }, datagram),
    }
  }

  dialling({ ip, port }: Endpoint): void {
    if (this.#dialled.size < MOST_ENDPOINTS) this.#dialled.add(`${ip} ${port}`)
  }

  now(): number {
    return this.#now()
  }

  /** Whether a gateway was dialled there. */
  leadsTo({ ip, port }: Endpoint): boolean {
    return this.#dialled.has(`${ip} ${port}`)
  }
}
