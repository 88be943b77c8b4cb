/** What a member of a bundle holds. */

import type { Member } from '../../agent/diag/bundle/member.js'

/** All bytes of it. */
export async function bytesIn(member: Member): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of member.bytes()) chunks.push(chunk)
  return Buffer.concat(chunks)
}
