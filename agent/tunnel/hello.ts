// Pure: what the two ends of a tunnel tell each other in JSON, and the reading of it. Nothing is believed unread: a
// field that is missing or of the wrong kind makes the whole message `undefined`, and the session ends with a reason.

import { z } from 'zod'

/** The credit, in bytes, its sender grants for each stream. At least twice the largest read, else the two ends could wait for each other. */
const window = z
  .number()
  .int()
  .min(128 * 1024)
  .max(16 * 1024 * 1024)

/** First frame of the agent: who it is. */
const agentHello = z.object({
  protocol: z.literal(1),
  client: z.string().max(200),
  device: z.string().max(255),
  window,
})

/** First frame of the gateway: which POP answers, the session's number there, and the address origins will see. */
const gatewayHello = z.object({
  protocol: z.literal(1),
  pop: z.string().max(64),
  session: z.number().int().nonnegative(),
  egressIp: z.string().max(64),
  window,
})

/**
 * A flow to open. `ip` may be '' (the gateway resolves `host`); `process`, `host` and `source`, the program's address and
 * port, are for the gateway's log and policy; `exempt`: do not decrypt, and why; `keys`: tell the secrets of the client's TLS
 * where it is decrypted, for a packet capture.
 */
const openRequest = z.object({
  host: z.string().max(255),
  ip: z.string().max(64),
  port: z.number().int().min(1).max(65535),
  process: z.string().max(255),
  via: z.enum(['nsProxy', 'app-fw']),
  source: z.string().max(80).optional(),
  keys: z.literal(true).optional(),
  exempt: z.enum(['pinned', 'category', 'source-country', 'cloud-bypass']).optional(),
  /** No flow but a speed test: the gateway itself sends (download) or swallows so many bytes, and asks no origin. */
  speedTest: z.object({ direction: z.enum(['upload', 'download']), bytes: z.number().int().min(1) }).optional(),
})

export type AgentHello = z.infer<typeof agentHello>
export type GatewayHello = z.infer<typeof gatewayHello>
export type OpenRequest = z.infer<typeof openRequest>
export type SpeedTestRequest = NonNullable<OpenRequest['speedTest']>

function reader<T>(schema: z.ZodType<T>): (payload: Uint8Array) => T | undefined {
  return (payload) => {
    try {
      const result = schema.safeParse(JSON.parse(Buffer.from(payload).toString('utf8')))
      return result.success ? result.data : undefined
    } catch {
      return undefined
    }
  }
}

/** Reads the agent's HELLO payload; `undefined` when it is not one. */
export const readAgentHello = reader(agentHello)
/** Reads the gateway's HELLO payload; `undefined` when it is not one. */
export const readGatewayHello = reader(gatewayHello)
/** Reads an OPEN payload; `undefined` when it is not one. */
export const readOpenRequest = reader(openRequest)
