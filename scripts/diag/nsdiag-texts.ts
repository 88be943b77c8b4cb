// Pure: what nsdiag says of captures, driver log and speed: what the real one prints there is not public.

import type { CaptureReport } from '../../agent/capture-file/capture-request.js'
import type { DriverLogReport } from '../../agent/diag/driver-log.js'
import type { SpeedTestResult } from '../../agent/diag/speed-test.js'
import type { SpeedTestRequest } from '../../agent/tunnel/hello.js'

/** Captures that were started or stopped. */
export function capturesText(reports: readonly CaptureReport[]): string {
  return reports.map(captureText).join('')
}

function captureText({ kind, running, file, source, packets, bytes, dropped, failure }: CaptureReport): string {
  if (running) return `The ${kind} capture runs: ${file} (${source})\n`
  const lost = dropped === 0 ? '' : `, ${dropped} dropped`
  const why = failure === '' ? '' : `; it had ended by itself: ${failure}`
  return `The ${kind} capture is stopped: ${file}, ${packets} packets, ${bytes} bytes${lost}${why}\n`
}

/** A driver log that was started or stopped. */
export function driverLogText({ file, running, lines, lost, failure }: DriverLogReport): string {
  if (running) return `The driver log runs: ${file}\n`
  const gone = lost === 0 ? '' : `, ${lost} lost`
  const why = failure === '' ? '' : `; it had ended by itself: ${failure}`
  return `The driver log is stopped: ${file}, ${lines} lines${gone}${why}\n`
}

/** A speed test: `Download speed: 93.4 Mbit/s (10 MB in 0.898 seconds)`. */
export function speedText({ direction }: Pick<SpeedTestRequest, 'direction'>, { bytes, ms }: SpeedTestResult): string {
  const what = direction === 'download' ? 'Download' : 'Upload'
  const megabits = (bytes * 8) / 1e6 / (ms / 1000)
  return `${what} speed: ${megabits.toFixed(1)} Mbit/s (${bytes / 1024 / 1024} MB in ${(ms / 1000).toFixed(3)} seconds)\n`
}
