/** Captures of a running lab, by the control socket as `nsdiag` asks for them. */

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import type { CaptureKind, CaptureReport, CaptureRequest } from '../../agent/capture-file/capture-request.js'
import { startCapture as start, stopCapture as stop } from '../../scripts/commands/ask-capture.js'
import { homePaths } from '../../scripts/process/home.js'
import type { TestLab } from './steerlab.js'

/** Starts a capture. */
export function startCapture(
  { home }: Pick<TestLab, 'home'>,
  kind: CaptureKind,
  request?: CaptureRequest,
): Promise<CaptureReport> {
  return start(homePaths(home), kind, request)
}

/** Stops it. */
export function stopCapture({ home }: Pick<TestLab, 'home'>, kind: CaptureKind): Promise<CaptureReport> {
  return stop(homePaths(home), kind)
}

/** Put together as HTTP, 100 MiB take tshark most of a minute. */
export const AS_BYTES = ['-d', 'tcp.port==80,data', '-d', 'tcp.port==5222,data'] as const

/** SHA-256 and length of what one side of a TCP stream sent, as `tshark -z follow` puts it together, but for its first `skipped` bytes. */
export async function followed(
  file: string,
  stream: number,
  side: 'client' | 'server',
  skipped = 0,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const tshark = spawn('tshark', ['-n', '-q', '-r', file, ...AS_BYTES, '-z', `follow,tcp,raw,${stream}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const hash = createHash('sha256')
  let bytes = -skipped
  for await (const line of createInterface({ input: tshark.stdout })) {
    // The server's lines are indented; headings are no hexadecimal.
    if (!/^\t?[\da-f]+$/.test(line) || line.startsWith('\t') !== (side === 'server')) continue
    const part = Buffer.from(line.trim(), 'hex')
    hash.update(part.subarray(Math.max(0, Math.min(part.length, -bytes))))
    bytes += part.length
  }
  return { bytes, sha256: hash.digest('hex') }
}
