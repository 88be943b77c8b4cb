// Pure: requests and answers of the cloud's HTTP services, and the form in which all of them say that something is wrong.

/** What a client asks. */
export interface HttpRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: string
  /** The address it comes from. */
  readonly clientIp: string
}

/** What a client is told. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
  /** The user whose key was shown, for the log. */
  readonly user?: string
}

/** A value as JSON. */
export function json(value: unknown, status = 200): HttpAnswer {
  return { ...text(JSON.stringify(value), 'application/json'), status }
}

/** A content and its media type. */
export function text(body: string | Buffer, type: string): HttpAnswer {
  return { status: 200, headers: { 'content-type': type }, body }
}

/** The add-on service's one error that is public (client-behaviour 1.2); that other services have the same form is ours. */
export function failure(status: number, message: string): HttpAnswer {
  return json({ message, status: 'error' }, status)
}

/** An answer with further headers. */
export function withHeaders(answer: HttpAnswer, headers: HttpAnswer['headers']): HttpAnswer {
  return { ...answer, headers: { ...answer.headers, ...headers } }
}
