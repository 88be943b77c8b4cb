// Pure: DNS messages put together byte by byte, independent of the codec the product uses.

/** A resource record; `name` is a domain name, `data` its raw RDATA. */
export interface RawRecord {
  readonly name: string
  readonly type: number
  readonly data: Uint8Array
  readonly ttl?: number
  /** IN unless told. */
  readonly class?: number
}

/** A whole message; unset parts are zero or empty. */
export interface RawMessage {
  readonly id?: number
  /** Second 16 bits of the header. */
  readonly flags?: number
  readonly question?: { readonly name: string; readonly type: number; readonly class?: number }
  readonly answers?: readonly RawRecord[]
  readonly additionals?: readonly RawRecord[]
}

/** Header flags. */
export const FLAGS = { query: 0x0100, answer: 0x8180, truncated: 0x8380, nxdomain: 0x8183, servfail: 0x8182 } as const

/** The wire form of a domain name, uncompressed. */
export function nameBytes(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '')
  return Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')])),
    Buffer.of(0),
  ])
}

/** RDATA of an A record. */
export function ipv4Data(ip: string): Buffer {
  return Buffer.from(ip.split('.').map(Number))
}

/** An OPT record as a query carries it (RFC 6891 section 6.1.2); `options` is raw RDATA. */
export function optRecord(udpSize: number, options: Uint8Array = Buffer.alloc(0), ttl = 0): RawRecord {
  return { name: '', type: 41, class: udpSize, data: options, ttl }
}

/** The bytes of a message. */
export function messageBytes({ id = 0, flags = 0, question, answers = [], additionals = [] }: RawMessage): Buffer {
  const header = Buffer.alloc(12)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(flags, 2)
  header.writeUInt16BE(question === undefined ? 0 : 1, 4)
  header.writeUInt16BE(answers.length, 6)
  header.writeUInt16BE(additionals.length, 10)
  const asked = question === undefined ? [] : [nameBytes(question.name), words(question.type, question.class ?? 1)]
  return Buffer.concat([header, ...asked, ...[...answers, ...additionals].map(recordBytes)])
}

/** A response to the bytes of a query: its ID and question echoed, with these flags and records. */
export function responseTo(query: Buffer, flags: number, answers: readonly RawRecord[] = [], opt?: RawRecord): Buffer {
  const question = query.subarray(12, questionOf(query).end)
  const records = messageBytes({
    id: query.readUInt16BE(0),
    flags,
    answers,
    additionals: opt === undefined ? [] : [opt],
  })
  const message = Buffer.concat([records.subarray(0, 12), question, records.subarray(12)])
  message.writeUInt16BE(1, 4)
  return message
}

/** The question of a well-formed query, its name in lower case. */
export function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at]!; length !== 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

function recordBytes(record: RawRecord): Buffer {
  const ttl = Buffer.alloc(4)
  ttl.writeUInt32BE(record.ttl ?? 300)
  const fixed = [words(record.type, record.class ?? 1), ttl, words(record.data.length)]
  return Buffer.concat([nameBytes(record.name), ...fixed, record.data])
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2)
  return bytes
}
