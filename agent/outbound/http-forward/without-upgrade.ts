// Pure: an offer to switch protocols may be declined by ignoring it (RFC 9110 7.8), but node:http has left the connection
// by then: this is the head of the request to hand in again, without the offer.

/** What is needed of a request. */
export interface OfferingRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly httpVersion: string
  readonly rawHeaders: readonly string[]
}

/** The head as text (Latin-1), with its last empty line. */
export function withoutUpgrade(req: OfferingRequest): string {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`]
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i]!
    if (!/^(?:upgrade|connection|http2-settings)$/i.test(name)) lines.push(`${name}: ${req.rawHeaders[i + 1]}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}
