/** Which error code of RFC 9113 section 7 a reset of the origin becomes towards the client. */

import { constants } from 'node:http2'

/** What the origin says about the request, and what the client can act on: REFUSED_STREAM, for one, invites to ask again. */
const ABOUT_THE_REQUEST: ReadonlySet<number> = new Set([
  constants.NGHTTP2_REFUSED_STREAM,
  constants.NGHTTP2_CANCEL,
  constants.NGHTTP2_ENHANCE_YOUR_CALM,
  constants.NGHTTP2_HTTP_1_1_REQUIRED,
])

/** Whether a reset with this code says something about the request; the others say that the two ends do not get along. */
export function isAboutTheRequest(code: number): boolean {
  return ABOUT_THE_REQUEST.has(code)
}

/** The code for the client when the origin's answer breaks off with this one. NO_ERROR would look like an end. */
export function codeForClient(code: number): number {
  return isAboutTheRequest(code) ? code : constants.NGHTTP2_INTERNAL_ERROR
}
