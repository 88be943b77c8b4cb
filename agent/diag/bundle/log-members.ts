/** The logs and captures of a home as members: large, and written while they are read. */

import { read } from 'node:fs'
import { promisify } from 'node:util'
import { KnownSecrets } from './known-secrets.js'
import type { Member } from './member.js'
import { type OpenedFile, wholeLines } from './open-rotated.js'
import { HIDDEN } from './redact.js'
import { WholePackets } from './whole-packets.js'

const readInto = promisify(read)

/** Read at once, bytes. */
const CHUNK_BYTES = 256 * 1024

const SECRETS_REMARK = 'TLS secrets were taken out: what is encrypted in it stays so.'

const RUNNING_REMARK = 'The capture was still running: what it saw later is not in it.'

/** Whether a file of the log directory is a log, of the agent or of its driver, which users may name. */
export function isLogName(name: string): boolean {
  return name.endsWith('.log')
}

/** Whether it is a packet capture. */
export function isCaptureName(name: string): boolean {
  return /\.(?:pcap|pcapng|cap)$/.test(name)
}

/** A log up to its last whole line, without the secrets; `forms` as `soughtForms` gives them. */
export function logMember(file: OpenedFile, forms: readonly string[]): Member {
  const end = wholeLines(file)
  const known = new KnownSecrets(forms)
  return {
    name: file.name,
    from: file.path,
    sourceBytes: end,
    bytes: async function* () {
      for await (const chunk of bytesOf(file, end)) yield known.push(chunk)
      yield known.end()
    },
    redactions: () => (known.hidden === 0 ? [] : [`${known.hidden} times a known secret, now ${HIDDEN}`]),
    remarks: () => [],
  }
}

/** A capture up to its last whole packet, without TLS secrets. Its packets are left as they are. */
export function captureMember(file: OpenedFile, isRunning: boolean): Member {
  const packets = new WholePackets()
  return {
    name: file.name,
    from: file.path,
    sourceBytes: file.size,
    bytes: async function* () {
      for await (const chunk of bytesOf(file, file.size)) yield packets.push(chunk)
    },
    redactions: () => (packets.secretsBlocks === 0 ? [] : [`blocks of TLS secrets: ${packets.secretsBlocks}`]),
    remarks: () => [
      ...(packets.secretsBlocks === 0 ? [] : [SECRETS_REMARK]),
      ...(isRunning ? [RUNNING_REMARK] : []),
      ...(packets.cutBytes > 0 ? [`Its last ${packets.cutBytes} bytes were no whole packet, and are left out.`] : []),
    ],
  }
}

/** The first bytes of an open file, fewer when it was truncated meanwhile. */
async function* bytesOf({ descriptor }: OpenedFile, end: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < end; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - at))
    const { bytesRead } = await readInto(descriptor, chunk, 0, chunk.length, at)
    if (bytesRead === 0) return
    yield chunk.subarray(0, bytesRead)
    at += bytesRead
  }
}
