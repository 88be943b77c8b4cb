/**
 * A bounded file of JSON lines that several processes may append to, one per POP: the gateway's log and the transaction
 * log. The file is opened for each write, so that whoever renames it takes no other's lines along.
 */

import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Size from which the file is renamed before the next write, bytes: with its predecessor, and a write, it is twice that. */
const MAX_BYTES = 10 * 1024 * 1024

/** Lines that wait for the end of the turn, in characters; what goes beyond is written at once. */
const MAX_QUEUED = 1024 * 1024

/** Shortest time from one write to the next, ms: under load lines leave in larger pieces. */
const PAUSE_MS = 10

/** What the process still has to write. */
const unwritten = new Set<() => void>()
process.once('exit', writeWaitingLines)

/** Writes the lines of this process that still wait, to every file: for whoever reads a file now, or may remove it. */
export function writeWaitingLines(): void {
  for (const write of unwritten) write()
}

/** Lines name users and hosts: their owner reads them, nobody else. */
const OWNER_ONLY = 0o600

/** The name a full file gets: `transactions.log` becomes `transactions.1.log`, in the place of the one before. */
export function fullName(file: string): string {
  return file.replace(/\.log$/, '.1.log')
}

/**
 * Appends values to `file`, whose name ends in `.log`: a line each, the lines of one turn, or of 10 ms, in one write.
 * Never throws: a disk that refuses loses lines, not flows. Two processes that find it full within the same microseconds lose the
 * predecessor.
 */
export function jsonLinesFile(file: string, pauseMs = PAUSE_MS): (value: object) => void {
  let lines: string[] = []
  let queued = 0
  let isPlaceMade = false
  let written = Number.NEGATIVE_INFINITY
  const write = (): void => {
    unwritten.delete(write)
    if (lines.length === 0) return
    written = performance.now()
    const text = lines.join('')
    lines = []
    queued = 0
    try {
      if (!isPlaceMade) mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      isPlaceMade = true
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(file, fullName(file))
      append(file, text)
    } catch {
      isPlaceMade = false
    }
  }
  return (value) => {
    const line = `${JSON.stringify(value)}\n`
    if (lines.length === 0) {
      unwritten.add(write)
      if (performance.now() - written < pauseMs) setTimeout(write, pauseMs).unref()
      else setImmediate(write)
    }
    lines.push(line)
    queued += line.length
    if (queued > MAX_QUEUED) write()
  }
}

/** As appendFileSync does it, which for 100 lines takes three times as long (Node 20.20, 26 and 80 us). */
function append(file: string, text: string): void {
  const fd = openSync(file, 'a', OWNER_ONLY)
  try {
    writeSync(fd, text)
  } finally {
    closeSync(fd)
  }
}
