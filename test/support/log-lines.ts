/** The real lines of nsdebuglog kept in test/fixtures: from public material, see the format's reference. */

import { readFileSync } from 'node:fs'

const FIXTURES = new URL('../../../test/fixtures/', import.meta.url)

/** Complete real lines: prefix, component and message. */
export const GOLDEN_LINES = linesOf('nsdebuglog-golden.log')

/** Real strings whose source dropped or cut a part. */
export const FRAGMENTS = linesOf('nsdebuglog-fragments.log')

function linesOf(name: string): readonly string[] {
  return readFileSync(new URL(name, FIXTURES), 'utf8').trimEnd().split('\n')
}
