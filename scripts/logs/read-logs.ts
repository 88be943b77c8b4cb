/** Logs, file by file and chunk by chunk, into what analyses them. */

import type { LogAnalysis } from '../../agent/log/report/log-analysis.js'
import type { LogSet } from './log-set.js'

/**
 * Reads all of the logs; `onBytes` hears how many bytes each chunk had. Throws a user's mistake when one cannot be read to
 * its end.
 */
export async function readLogs(
  logs: readonly LogSet[],
  analysis: Pick<LogAnalysis, 'beginLog' | 'beginFile' | 'push' | 'endFile'>,
  onBytes: (bytes: number) => void = () => {},
): Promise<void> {
  for (const { parts } of logs) {
    analysis.beginLog()
    for (const part of parts) {
      analysis.beginFile(part.name)
      for await (const chunk of part.open()) {
        analysis.push(chunk)
        onBytes(chunk.length)
      }
      analysis.endFile()
    }
  }
}
