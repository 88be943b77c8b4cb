/**
 * What the lab's site knows of a request and how it answers, the same for HTTP/1.1 and HTTP/2: node:http2's
 * compatibility API has the shape of node:http, which these types are.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'

/** One request to the lab's site. */
export interface Visit {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The host asked for, without port: from `Host` or `:authority`; '' when the client named none. */
  readonly host: string
  /** Path without query, undecoded. */
  readonly path: string
  readonly query: URLSearchParams
}

/** Answers a visit; may go on after it returns. */
export type Page = (visit: Visit) => void

/** Reads a request's host and path. Never throws, whatever the target looks like. */
export function visitOf(request: IncomingMessage, response: ServerResponse): Visit {
  const [path = '', search = ''] = splitOnce(originForm(request.url ?? '/'), '?')
  const authority = request.headers[':authority'] ?? request.headers.host ?? ''
  const host = String(authority).replace(/:\d*$/, '')
  return { request, response, host, path, query: new URLSearchParams(search) }
}

/** A JSON answer. */
export function answerJson({ response }: Visit, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

/** A whole number from the query, held between 0 and `most`; `otherwise` when absent or no number. */
export function wholeNumber({ query }: Visit, name: string, otherwise: number, most: number): number {
  const text = query.get(name) ?? ''
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text), most) : otherwise
}

/** A proxy's client writes `http://host/path` as the target (RFC 9112 3.2.2); servers must take it too. */
function originForm(target: string): string {
  const absolute = /^https?:\/\/[^/?]*(.*)$/i.exec(target)
  if (absolute === null) return target
  const rest = absolute[1] ?? ''
  return rest.startsWith('/') ? rest : `/${rest}`
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
