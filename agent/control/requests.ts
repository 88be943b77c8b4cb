// Pure: what the parameters of the control channel's methods must be; protocol.md says it in words.

import { z } from 'zod'
import { WHOLE_PACKET } from '../capture-file/capture-request.js'
import { MOST_PASSWORD_CHARACTERS } from '../config/master-password.js'
import { whyNoBareName } from '../diag/bare-file-name.js'
import { userMistake } from '../errors.js'
import { LEVELS } from '../log/record.js'
import { SPEED_TEST } from '../tunnel/speed-test-bytes.js'

/** Sizes of the log, MiB: up to 1 GB is documented (nsdiag -m). */
export const LOG_MEGABYTES = { least: 1, most: 1024 } as const

/** Bytes of a packet that a capture keeps: an Ethernet header at least. */
export const SNAP_LENGTH = { least: 14, most: WHOLE_PACKET } as const

/** Bytes of a file of a capture: room for some packets at least, and the log's 1 GB at most. */
export const CAPTURE_BYTES = { least: 65_536, most: 1024 * 1024 * 1024 } as const

/** Files of a capture's ring. */
export const CAPTURE_FILES = { least: 1, most: 100 } as const

const kind = z.enum(['inner', 'outer'])

const file = z
  .string()
  .superRefine((name, context) => {
    const why = whyNoBareName(name)
    if (why !== undefined) context.addIssue({ code: 'custom', message: `the name ${JSON.stringify(name)} ${why}` })
  })
  .optional()

/** `pop`: whether POPs are looked at anew before the answer. */
export const popRequest = z.strictObject({ now: z.boolean().optional() })

/** `disable`. */
export const disableRequest = z.strictObject({ password: z.string().max(MOST_PASSWORD_CHARACTERS).optional() })

/** `log`; without any it only asks. */
export const logRequest = z.strictObject({
  level: z.enum(LEVELS).optional(),
  megabytes: between(LOG_MEGABYTES),
})

const START_OR_STOP = { error: '"start" or "stop" is allowed' }

/** `capture` with params. */
export const captureRequest = z.discriminatedUnion(
  'act',
  [
    z.strictObject({ act: z.literal('stop'), kind }),
    z.strictObject({
      act: z.literal('start'),
      kind,
      file,
      snapLength: between(SNAP_LENGTH),
      maxBytes: between(CAPTURE_BYTES),
      files: between(CAPTURE_FILES),
      format: z.enum(['pcapng', 'pcap']).optional(),
      keys: z.boolean().optional(),
      from: z.enum(['kernel', 'socket']).optional(),
    }),
  ],
  START_OR_STOP,
)

/** So that it goes over no capture or bundle. */
const logFile = file.refine((name) => name === undefined || /.\.(log|txt)$/i.test(name), {
  error: 'a name that ends in .log or .txt is allowed',
})

/** `driver-log`. */
export const driverLogRequest = z.discriminatedUnion(
  'act',
  [z.strictObject({ act: z.literal('start'), file: logFile }), z.strictObject({ act: z.literal('stop') })],
  START_OR_STOP,
)

/** `speed-test`. */
export const speedTestRequest = z.strictObject({
  direction: z.enum(['upload', 'download']),
  bytes: z.int().min(1).max(SPEED_TEST.mostBytes),
})

/** The parameters of a method (absent: none), checked. Throws a user's mistake `bad-request` that says what is wrong. */
export function readParams<Params>(method: string, schema: z.ZodType<Params>, params: unknown): Params {
  const { data, error } = schema.safeParse(params ?? {})
  if (error === undefined) return data as Params
  const [problem] = error.issues
  const where = problem === undefined || problem.path.length === 0 ? '' : `${problem.path.join('.')}: `
  throw userMistake('bad-request', `${method} cannot be asked so: ${where}${problem?.message ?? 'unknown parameters'}`)
}

function between({ least, most }: { readonly least: number; readonly most: number }) {
  const error = `a whole number from ${least} to ${most} is allowed`
  return z.int({ error }).min(least, { error }).max(most, { error }).optional()
}
