/** The interim answers of an origin (1xx, RFC 9110 15.2) on their way to the client: 100 Continue, 103 Early Hints and the like. */

import type { ClientRequest, InformationEvent, ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import { endToEnd } from '../../../agent/outbound/http-forward/end-to-end.js'
import { MOST_INTERIM } from './limits.js'

/** Passes them on as they come, as long as no answer has begun. A client of HTTP/1.0 knows none. */
export function passInterim(upstream: ClientRequest, res: ServerResponse, httpVersion: '1.0' | '1.1'): void {
  let passed = 0
  upstream.on('information', ({ statusCode, rawHeaders }: InformationEvent) => {
    if (httpVersion === '1.0' || res.headersSent || passed === MOST_INTERIM) return
    passed += 1
    if (statusCode === 100) {
      res.writeContinue()
      return
    }
    const lines = [`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`]
    const headers = endToEnd(rawHeaders)
    for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`)
    // Requests go one at a time: nothing else is being said on the connection.
    res.socket?.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  })
}
