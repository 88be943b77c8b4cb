// Pure: why an HTTPS request failed: in our words, and as the code of libcurl, which the client's log names (nsdebuglog
// notes [11]).

/**
 * What went wrong. `cut-off`: the connection broke after the request; `tls`: no handshake, for another reason than the
 * certificate; `http`: a status other than 2xx; `malformed`: not what was asked for; `closed`: we are stopping.
 */
export type HttpsFault =
  | 'timed-out'
  | 'refused'
  | 'unreachable'
  | 'not-resolved'
  | 'certificate'
  | 'tls'
  | 'cut-off'
  | 'too-large'
  | 'http'
  | 'malformed'
  | 'closed'

/** A failed request; services add faults of their own. */
export interface Failed<Fault extends string> {
  readonly failure: Fault
  /** For people. What comes from the other side makes it many lines, or shows a key: see `presentable`. */
  readonly detail: string
  /** How libcurl would have ended; 0 where the transfer was fine and its content is not. */
  readonly curlCode: number
  /** Status of the answer, where one came whole. */
  readonly httpStatus?: number
}

/** A failure that any request can end with. */
export type HttpsFailure = Failed<HttpsFault>

/** The failure of what is asked for when we are stopping. */
export const CLOSED: HttpsFailure = { failure: 'closed', detail: 'the agent is stopping', curlCode: 42 }

/** The failure an answer of this status is, undefined for 2xx. */
export function refusalOf(httpStatus: number): HttpsFailure | undefined {
  if (httpStatus >= 200 && httpStatus <= 299) return undefined
  return { failure: 'http', detail: `HTTP status ${httpStatus}`, curlCode: 22, httpStatus }
}

/** How far a request came: no TLS yet, no answer yet, or in the middle of its body. */
export type RequestStage = 'connecting' | 'waiting' | 'reading'

/** As curl_easy_strerror() words them; 6 and 60 are in a real log [11]. */
const CURL_TEXTS: Readonly<Record<number, string>> = {
  1: 'Unsupported protocol',
  6: 'Could not resolve hostname',
  7: 'Could not connect to server',
  18: 'Transferred a partial file',
  22: 'HTTP response code said error',
  28: 'Timeout was reached',
  35: 'SSL connect error',
  42: 'Operation was aborted by an application callback',
  52: 'Server returned nothing (no headers, no data)',
  56: 'Failure when receiving data from the peer',
  60: 'SSL peer certificate or SSH remote key was not OK',
  63: 'Maximum file size exceeded',
}

/** libcurl's words for a code. */
export function curlText(code: number): string {
  return CURL_TEXTS[code] ?? 'Unknown error'
}

/** The failure an error of node:https is. `certificateRefused`: the handshake ended because of the host's certificate. */
export function failureOf(
  error: NodeJS.ErrnoException,
  stage: RequestStage,
  certificateRefused: boolean,
): HttpsFailure {
  const [failure, curlCode] = certificateRefused ? (['certificate', 60] as const) : kindOf(error, stage)
  return { failure, detail: error.message, curlCode }
}

function kindOf(error: NodeJS.ErrnoException, stage: RequestStage): readonly [HttpsFault, number] {
  const code = error.code ?? ''
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return ['not-resolved', 6]
  if (code === 'ETIMEDOUT') return ['timed-out', 28]
  if (code === 'ECONNREFUSED') return ['refused', 7]
  // What is no HTTP, curl takes for HTTP/0.9, which it does not speak.
  if (code.startsWith('HPE_')) return ['malformed', 1]
  if (stage === 'connecting') return isOfHandshake(code) ? ['tls', 35] : ['unreachable', 7]
  if (stage === 'reading') return ['cut-off', 18]
  // node:http's words for a connection that was closed in order, without an answer.
  return ['cut-off', error.message === 'socket hang up' ? 52 : 56]
}

function isOfHandshake(code: string): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'EPROTO' || code.startsWith('ERR_SSL')
}

/** Longest detail, characters: some of it comes from the other side. */
const LONGEST_DETAIL = 200

/** The failure with a detail of one line, at most 200 characters long, in which none of `keys` is left. */
export function presentable<Fault extends string>(failure: Failed<Fault>, keys: readonly string[]): Failed<Fault> {
  const line = keys
    .filter((key) => key !== '')
    .flatMap((key) => [key, asSent(key)])
    .reduce((rest, key) => rest.replaceAll(key, '***'), failure.detail.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '))
  return { ...failure, detail: line.length <= LONGEST_DETAIL ? line : `${line.slice(0, LONGEST_DETAIL)}...` }
}

function asSent(key: string): string {
  return `${new URLSearchParams([['', key]])}`.slice(1)
}
