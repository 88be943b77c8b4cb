/** Zeros leave in whole frames, as room allows, and nothing else does. */

import t from 'tap'
import { HEADER_BYTES } from '../../../agent/tunnel/frame.js'
import { READ_BYTES } from '../../../agent/tunnel/session.js'
import { sendZeros } from '../../../agent/tunnel/speed-test-bytes.js'

/** A stream with so much room, and what was sent on it. */
function streamWith(sendable: number) {
  const sent: Buffer[] = []
  const scratch = Buffer.alloc(HEADER_BYTES + READ_BYTES, 'the secret of another flow')
  const stream = {
    scratch,
    sendable,
    send(length: number) {
      sent.push(Buffer.from(scratch.subarray(HEADER_BYTES, HEADER_BYTES + length)))
      stream.sendable -= length
    },
  }
  return { stream, sent }
}

const cases = [
  ['all of it where there is room', 3 * READ_BYTES, 2 * READ_BYTES + 5, [READ_BYTES, READ_BYTES, 5]],
  ['whole frames only', 2 * READ_BYTES - 1, 2 * READ_BYTES, [READ_BYTES]],
  ['nothing where there is no room', 0, 1, []],
  ['the last frame is as long as what is left', 1, 1, [1]],
  ['nothing of nothing', 10, 0, []],
] as const

for (const [sentence, room, bytes, lengths] of cases)
  void t.test(sentence, async (t) => {
    const { stream, sent } = streamWith(room)
    t.equal(sendZeros(stream, bytes), bytes - lengths.reduce<number>((sum, length) => sum + length, 0))
    t.strictSame(
      sent.map(({ length }) => length),
      lengths,
    )
    t.ok(
      sent.every((chunk) => chunk.every((byte) => byte === 0)),
      'nothing of another flow is in it',
    )
  })
