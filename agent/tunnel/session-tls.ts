// Pure: the TLS of a tunnel session.

import { ALPN_PROTOCOL } from './frame.js'

/** The TLS both ends ask for. AES-128 first: as safe here, a little cheaper. */
export const SESSION_TLS = {
  minVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256',
  ALPNProtocols: [ALPN_PROTOCOL],
} as const
