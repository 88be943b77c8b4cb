/** Which of many possible places there are on this machine. */

import { accessSync, constants, realpathSync } from 'node:fs'

/**
 * The places that exist and may be read, by their real paths, each once: what is bound over a link would stand over its
 * target.
 */
export function readablePaths(paths: readonly string[]): readonly string[] {
  const found = paths.flatMap((path) => {
    try {
      accessSync(path, constants.R_OK)
      return [realpathSync(path)]
    } catch {
      return []
    }
  })
  return [...new Set(found)]
}
