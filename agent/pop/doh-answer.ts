// Pure: the JSON of DNS over HTTPS as dns.google documents it. Its numbers are those of DNS (RFC 1035), aliases stand
// among the answers, and a name may end in a dot.

import { isIPv4 } from 'node:net'
import { count, listOf, objectOf, text } from '../config/schema/values.js'
import { TYPE } from '../dns/message.js'
import type { HttpsAnswer } from '../outbound/https-client.js'
import { malformed, readAnswer } from './read-answer.js'
import { type Resolution, resolutionOf } from './resolution.js'

/** Real chains have two to four links; resolvers stop at 8 to 16. */
const MOST_LINKS = 16

/** Far more than any host has. */
const MOST_RECORDS = 256

const ANSWER = objectOf({
  Status: count,
  // Left out when there is none.
  Answer: listOf(objectOf({ name: text, type: count, data: text }), 'a list of records')
    .max(MOST_RECORDS, { error: `at most ${MOST_RECORDS} records` })
    .optional(),
})

/** The addresses of `asked`, those at the end of its aliases. Never throws. */
export function readDohAnswer(asked: string, answer: Pick<HttpsAnswer, 'status' | 'body'>): Resolution {
  const read = readAnswer(answer, ANSWER)
  if ('failure' in read) return read
  const { Status, Answer = [] } = read.value
  const records = Answer.map((record) => ({ ...record, name: plainName(record.name) }))
  let owner = plainName(asked)
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const alias = records.find(({ name, type }) => type === TYPE.cname && name === owner)
    if (alias === undefined) break
    owner = plainName(alias.data)
  }
  const addresses = records.filter(({ name, type }) => type === TYPE.a && name === owner).map(({ data }) => data)
  if (!addresses.every(isIPv4)) return malformed('an A record of the answer holds no IPv4 address')
  return resolutionOf(Status, [...new Set(addresses)], 0)
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}
