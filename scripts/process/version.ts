/** The version in package.json, the one place it is written. */

import { readFileSync } from 'node:fs'

const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')

/** For example `0.1.0`. */
export const VERSION: string = (JSON.parse(text) as { version: string }).version
