/** Starts and stops the packet captures of a running agent. */

import type { CaptureKind, CaptureReport, CaptureRequest } from '../../agent/capture-file/capture-request.js'
import type { Home } from '../process/home.js'
import { askAgent } from './common.js'

/** How long a capture may take to begin or to be whole, ms. */
const CAPTURE_MS = 60_000

/** Starts a capture. Throws as `askAgent`, and what the agent refuses with. */
export function startCapture(home: Home, kind: CaptureKind, request: CaptureRequest = {}): Promise<CaptureReport> {
  return askForOne(home, { ...request, kind, act: 'start' })
}

/** Stops it; its file is whole then. Throws as `askAgent`, and `no-capture`. */
export function stopCapture(home: Home, kind: CaptureKind): Promise<CaptureReport> {
  return askForOne(home, { kind, act: 'stop' })
}

async function askForOne(home: Home, params: object): Promise<CaptureReport> {
  const [report] = (await askAgent(home, 'capture', { params, withinMs: CAPTURE_MS })) as [CaptureReport]
  return report
}
