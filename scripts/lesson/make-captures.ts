/** Makes the lesson's captures: a stack with the lab, both captures, and two pages loaded by a real program. */

import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { CaptureReport, CaptureRequest } from '../../agent/capture-file/capture-request.js'
import { readPcapng } from '../../agent/capture-file/pcapng-reader.js'
import { messageOf, SteerError, userMistake } from '../../agent/errors.js'
import { startCapture, stopCapture } from '../commands/ask-capture.js'
import { fetchUrl } from '../demo/programs.js'
import { chooseWay } from '../demo/way.js'
import { searchPath } from '../process/find-command.js'
import type { Home } from '../process/home.js'
import { startLabStack } from '../process/lab-stack.js'
import { makeHome } from '../process/make-home.js'
import type { Stack } from '../process/stack.js'
import { prepareTrust } from '../process/trust/prepare-trust.js'
import type { Page, ReadCapture } from './lesson.js'

/** The tunnel comes up in a fraction of this, ms. */
const TUNNEL_MS = 10_000

/** The captures of a lesson. */
export interface LessonCaptures {
  readonly inner: LessonCapture
  readonly outer: LessonCapture
}

/** One of them. */
export interface LessonCapture extends ReadCapture {
  readonly report: CaptureReport
}

/** How to make them. */
export interface CapturesToMake {
  readonly home: Home
  readonly pages: readonly Page[]
  /** Where the outer capture's packets are from. */
  readonly from: NonNullable<CaptureRequest['from']>
  readonly env: NodeJS.ProcessEnv
  readonly warn: (line: string) => void
}

/** Loads the pages with both captures running. Throws SteerError `lesson-failed`, and what a stack cannot be started for. */
export async function makeCaptures(options: CapturesToMake): Promise<LessonCaptures> {
  const { home, env, warn } = options
  makeHome(home)
  const stack = await startLabStack(home, env, warn, warn)
  const stopNow = (): void => void stack.stop().then(() => process.exit(130))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stopNow)
  try {
    return await captureAll(stack, options)
  } finally {
    await stack.stop()
  }
}

async function captureAll(stack: Stack, { home, pages, from, env }: CapturesToMake): Promise<LessonCaptures> {
  if (!(await stack.connected(TUNNEL_MS))) throw new SteerError('lesson-failed', 'the tunnel did not come up')
  const path = searchPath(env)
  const status = stack.status()
  const trust = await prepareTrust('env', { home, labCaFile: status.lab?.caFile, env: { ...env, PATH: path } })
  const way = chooseWay(status, trust)
  await startCapture(home, 'inner', { keys: true })
  await startCapture(home, 'outer', { from })
  for (const { url } of pages) {
    const { code, complaint } = await fetchUrl(way, path, url)
    if (code !== 0) throw new SteerError('lesson-failed', `${url} could not be loaded: ${complaint}`)
  }
  return {
    inner: await readCapture(await stopCapture(home, 'inner')),
    outer: await readCapture(await stopCapture(home, 'outer')),
  }
}

async function readCapture(report: CaptureReport): Promise<LessonCapture> {
  const bytes = await readFile(report.file)
  return { report, bytes, contents: readPcapng(bytes) }
}

/** Copies the captures into a directory; answers where they are. Throws a user's mistake `not-kept`. */
export async function keepCaptures(directory: string, files: readonly string[]): Promise<readonly string[]> {
  try {
    await mkdir(directory, { recursive: true })
    const copies = files.map((file) => join(directory, basename(file)))
    for (const [i, file] of files.entries()) await copyFile(file, copies[i]!)
    return copies
  } catch (error) {
    throw userMistake('not-kept', `the captures cannot be kept in ${directory}: ${messageOf(error)}`, error)
  }
}
