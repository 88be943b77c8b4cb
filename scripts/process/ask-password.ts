/**
 * Asks for a password: on a terminal without showing what is typed, else the first line of standard input is it, so that a
 * script can give one and none stands on a command line.
 */

import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { SteerError } from '../../agent/errors.js'

/** Longest line that is read, characters. */
const MOST_CHARACTERS = 4096

/** Where answers come from: standard input. */
export interface PasswordSource extends Readable {
  readonly isTTY?: boolean
  setRawMode?(mode: boolean): unknown
}

const KEYS = { interrupt: '\u0003', end: '\u0004', eraseLine: '\u0015', backspace: '\u0008', erase: '\u007f' } as const

/**
 * One password; '' when the input is at its end. The prompt goes to `terminal`, on a terminal only. Throws SteerError
 * `interrupted` on Ctrl-C.
 */
export async function askPassword(prompt: string, source: PasswordSource, terminal: Writable): Promise<string> {
  const isTerminal = source.isTTY === true
  // First: who sees the prompt may type at once, and nothing of that is to be echoed.
  source.setRawMode?.(isTerminal)
  if (isTerminal) terminal.write(prompt)
  try {
    return await firstLine(source, isTerminal)
  } finally {
    source.setRawMode?.(false)
    source.pause()
    if (isTerminal) terminal.write('\n')
  }
}

/** Reads to the end of a line; what comes behind it goes back. */
function firstLine(source: PasswordSource, isTerminal: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder('utf8')
    let line = ''
    const settle = (end: () => void): void => {
      source.off('data', read).off('end', ended).off('close', ended).off('error', reject)
      end()
    }
    const ended = (): void => settle(() => resolve(line))
    const read = (bytes: Buffer): void => {
      const keys = [...decoder.write(bytes)]
      for (const [at, key] of keys.entries()) {
        if (key === '\n' || key === '\r' || (isTerminal && key === KEYS.end))
          return settle(() => {
            source.pause()
            source.unshift(Buffer.from(keys.slice(at + 1).join('')))
            resolve(line)
          })
        if (isTerminal && key === KEYS.interrupt)
          return settle(() => reject(new SteerError('interrupted', 'nothing was changed')))
        if (isTerminal && key === KEYS.eraseLine) line = ''
        else if (isTerminal && (key === KEYS.erase || key === KEYS.backspace)) line = [...line].slice(0, -1).join('')
        else if (line.length < MOST_CHARACTERS) line += key
      }
    }
    source.on('data', read).once('end', ended).once('close', ended).once('error', reject)
    source.resume()
  })
}
