/** What a home's processes leave behind: found by a mark in their environment, which every child inherits. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The variable that marks the processes of one test home. */
export const MARK = 'STEERLAB_TEST_HOME'

/** A living process. */
export interface MarkedProcess {
  readonly pid: number
  readonly parent: number
  /** Its command line, one space between words. */
  readonly command: string
}

/** Living processes of a home; one that has ended and waits for its parent counts as gone. */
export function processesOf(home: string): MarkedProcess[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .flatMap((pid) => {
      if (!textOf(`/proc/${pid}/environ`).split('\0').includes(`${MARK}=${home}`)) return []
      const command = textOf(`/proc/${pid}/cmdline`).split('\0').join(' ').trim()
      const stat = textOf(`/proc/${pid}/stat`)
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return command === '' || state === 'Z' ? [] : [{ pid, parent: Number(parent), command }]
    })
}

/** What is left of a home that is over, in words; empty when nothing is. */
export function leftoversOf(home: string): string[] {
  const run = join(home, 'run')
  return [
    ...processesOf(home).map(({ pid, command }) => `process ${pid}: ${command}`),
    ...(existsSync(run) ? readdirSync(run).map((name) => `file run/${name}`) : []),
    ...textOf('/proc/self/mountinfo')
      .split('\n')
      .filter((line) => line.includes(home))
      .map((line) => `mount ${line}`),
  ]
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
