/** Lines of the tunnel's life and of the choice of a gateway (reference 2.2 and 2.3), and what a reader must find. */

import type { LineCase } from './flow-lines.js'

const GATEWAY = 'gateway-ord2.goskope.com'

/** The tunnel's life, and the gateway's. */
export const TUNNEL_CASES: readonly LineCase[] = [
  {
    sentence: 'connecting',
    text: `nsTunnel TLS Connecting to ${GATEWAY}:443`,
    says: { words: 'Connecting', transport: 'TLS', gateway: GATEWAY, gateway_port: 443 },
  },
  {
    sentence: 'connected',
    text: `nsTunnel DTLS SSL connected to the gslbgw server: ${GATEWAY}(163.116.249.35):443 successfully`,
    says: {
      words: 'SSL connected',
      transport: 'DTLS',
      gateway: GATEWAY,
      gateway_ip: '163.116.249.35',
      gateway_port: 443,
    },
  },
  {
    sentence: 'connected, before GSLB',
    text: `nsTunnel TLS SSL connected to the server: ${GATEWAY}:443 successfully`,
    says: { words: 'SSL connected', transport: 'TLS', gateway: GATEWAY, gateway_port: 443 },
  },
  {
    sentence: 'established',
    text: `nsTunnel TLS Tunnel established to gateway: ${GATEWAY}, pop: US-STL1`,
    says: { words: 'Tunnel established', transport: 'TLS', gateway: GATEWAY, pop: 'US-STL1' },
  },
  {
    sentence: 'not connected',
    text: `nsssl DTLS failed to connect to ${GATEWAY}:443, err: 10065`,
    says: { words: 'failed to connect', transport: 'DTLS', gateway: GATEWAY, gateway_port: 443, err: 10065 },
  },
  {
    sentence: 'failed',
    text: 'nsTunnel DTLS nsssl_connect failed, err: -1',
    says: { words: 'nsssl_connect failed', transport: 'DTLS', err: -1 },
  },
  {
    sentence: 'taken down',
    text: 'nsTunnel DTLS disconnecting nsTunnel, context = NSTUNNEL_DISCONNECTED_BYUSER',
    says: { words: 'disconnecting nsTunnel', transport: 'DTLS', context: 'NSTUNNEL_DISCONNECTED_BYUSER' },
  },
  {
    sentence: 'closed',
    text: 'nsTunnel TLS received nsssl_closed, tunnel destroyed',
    says: { words: 'received nsssl_closed', transport: 'TLS' },
  },
  {
    sentence: 'gateway resolved, IPv6',
    text: `nsssl TLS remote host ${GATEWAY} resolved to 2001:db8::35, port 443`,
    says: { words: 'resolved', transport: 'TLS', gateway: GATEWAY, gateway_ip: '2001:db8::35', gateway_port: 443 },
  },
  {
    sentence: 'gateway found',
    text: `dnsResolver Hostname ${GATEWAY} resolved by LDNS`,
    says: { words: 'resolved by LDNS', gateway: GATEWAY, method: 'LDNS' },
  },
  {
    sentence: 'gateway not found',
    text: `dnsResolver Failed to resolve ${GATEWAY} by EDNS`,
    says: { words: 'Failed to resolve', gateway: GATEWAY, method: 'EDNS' },
  },
  {
    sentence: 'round trip measured',
    text: 'gslb [NSClient]: post client rtt pop:US-ORD2 ip:163.116.249.35 rtt:17',
    says: { words: 'post client rtt', pop: 'US-ORD2', gateway_ip: '163.116.249.35', rtt: 17 },
  },
]
