/** Save Logs of a home (`nsdiag -o`): what its agent answers, if one runs, and its files, in one zip. */

import { join, resolve } from 'node:path'
import type { CaptureReport } from '../../agent/capture-file/capture-request.js'
import { ControlClient } from '../../agent/control/control-client.js'
import type { ControlMethod } from '../../agent/control/protocol.js'
import type { AgentAnswers } from '../../agent/diag/bundle/agent-members.js'
import { type SavedBundle, saveLogs } from '../../agent/diag/bundle/save-logs.js'
import type { ClientDetails } from '../../agent/diag/client-details.js'
import { detailsText } from '../../agent/diag/details-text.js'
import { ReadingProgress } from '../logs/reading-progress.js'
import { searchPath } from '../process/find-command.js'
import type { Home } from '../process/home.js'
import { VERSION } from '../process/version.js'

/** Saves; a bare name lands in the log directory, a path is taken as it is. Throws as `saveLogs`, and `not-yours`; Ctrl-C stops it. */
export async function saveBundle(home: Home, file: string): Promise<SavedBundle> {
  const stop = new AbortController()
  const interrupted = (): void => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupted)
  const reading = new ReadingProgress(process.stderr)
  let read = 0
  try {
    return await saveLogs({
      target: file.includes('/') ? resolve(file) : join(home.logs, file),
      stagent: home.stagent,
      logs: home.logs,
      labCa: home.labCa,
      answers: await answersOf(home),
      steerlabVersion: VERSION,
      searchPath: searchPath(process.env),
      now: new Date(),
      signal: stop.signal,
      progress: ({ done }) => {
        reading.add(done - read)
        read = done
      },
    })
  } finally {
    reading.end()
  }
}

/** What a running agent answers; undefined when none runs. */
async function answersOf(home: Home): Promise<AgentAnswers | undefined> {
  const client = await ControlClient.open(home.controlSocket)
  if (client === undefined) return undefined
  // What it does not answer is missing in the bundle, which says so.
  const ask = (method: ControlMethod): Promise<unknown> => client.ask(method).catch(() => undefined)
  const methods = ['details', 'status', 'pop', 'flows', 'map', 'capture'] as const
  const [details, status, pop, flows, map, capture] = await Promise.all(methods.map(ask))
  client.close()
  const text = details === undefined ? undefined : detailsText(details as ClientDetails)
  return { details: text, status, pop, flows, map, capture: capture as readonly CaptureReport[] | undefined }
}
