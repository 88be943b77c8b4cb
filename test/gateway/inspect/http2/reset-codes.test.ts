/** Which resets of the origin reach the client as they are. */

import { constants } from 'node:http2'
import t from 'tap'
import { codeForClient, isAboutTheRequest } from '../../../../gateway/inspect/http2/reset-codes.js'

const CASES: ReadonlyArray<readonly [name: string, sent: number, received: number]> = [
  ['NO_ERROR in the middle of an answer is an error', constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_INTERNAL_ERROR],
  ['PROTOCOL_ERROR is between the origin and us', constants.NGHTTP2_PROTOCOL_ERROR, constants.NGHTTP2_INTERNAL_ERROR],
  ['INTERNAL_ERROR stays', constants.NGHTTP2_INTERNAL_ERROR, constants.NGHTTP2_INTERNAL_ERROR],
  ['FLOW_CONTROL_ERROR is between us', constants.NGHTTP2_FLOW_CONTROL_ERROR, constants.NGHTTP2_INTERNAL_ERROR],
  ['REFUSED_STREAM lets the client ask again', constants.NGHTTP2_REFUSED_STREAM, constants.NGHTTP2_REFUSED_STREAM],
  ['CANCEL stays', constants.NGHTTP2_CANCEL, constants.NGHTTP2_CANCEL],
  ['ENHANCE_YOUR_CALM is meant for it', constants.NGHTTP2_ENHANCE_YOUR_CALM, constants.NGHTTP2_ENHANCE_YOUR_CALM],
  ['HTTP_1_1_REQUIRED is meant for it', constants.NGHTTP2_HTTP_1_1_REQUIRED, constants.NGHTTP2_HTTP_1_1_REQUIRED],
  ['an unknown code says nothing', 0xdead, constants.NGHTTP2_INTERNAL_ERROR],
]

for (const [title, sent, received] of CASES)
  void t.test(title, async (t) => {
    t.equal(codeForClient(sent), received)
    t.equal(isAboutTheRequest(sent), sent === received && sent !== constants.NGHTTP2_INTERNAL_ERROR)
  })
