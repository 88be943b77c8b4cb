/** A file of the user's own where a built-in name could have stood: a profile, a scenario. */

import { readFile } from 'node:fs/promises'
import { withoutMark } from '../../agent/config/byte-order-mark.js'
import { messageOf, userMistake } from '../../agent/errors.js'

/** The text of the file. Throws a user's mistake `unknown-<kind>` that says which names are built in. */
export async function readOwnFile(path: string, kind: string, builtIn: readonly string[]): Promise<string> {
  try {
    return withoutMark(await readFile(path, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const what = code === 'ENOENT' ? `is neither a ${kind} nor a file` : `cannot be read (${code ?? messageOf(error)})`
    const sentence = `${JSON.stringify(path)} ${what}; the built-in ${kind}s are ${builtIn.join(', ')}`
    throw userMistake(`unknown-${kind}`, sentence, error)
  }
}
