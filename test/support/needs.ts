/** What a test needs of the machine, for tap's `skip`: false when all of it is there, else the reason in a few words. */

import { spawnSync } from 'node:child_process'
import { findCommand, searchPath } from '../../scripts/process/find-command.js'

/** A program, or `capture` (network namespaces may be made), or `root`, or a package of Debian's Python. */
export type Need = 'capture' | 'root' | 'python3-requests' | 'python3-pip' | (string & {})

/** A `python3` earlier in PATH may be another one, without Debian's packages. */
export const DEBIAN_PYTHON = '/usr/bin/python3'

/** Where tests look for programs. */
export const SEARCH_PATH = `${searchPath(process.env)}:/usr/bin:/bin`

const SPECIAL: Readonly<Record<string, () => string | false>> = {
  root: () => (process.getuid?.() === 0 ? false : 'only root can do this'),
  capture: () => {
    const lacks = lacking('unshare', 'nsenter', 'setpriv', 'ip', 'nft', 'mount')
    if (lacks !== false) return lacks
    const user = process.getuid?.() === 0 ? [] : ['--map-current-user', '--keep-caps']
    const probe = ['--net', '--mount', '--', 'ip', 'link', 'set', 'lo', 'up']
    const done = spawnSync('unshare', [...user, ...probe], { env: { PATH: SEARCH_PATH } })
    return done.status === 0 ? false : 'network namespaces are not allowed here'
  },
  'python3-requests': () => lackingModule('requests'),
  'python3-pip': () => lackingModule('pip'),
}

function lackingModule(name: string): string | false {
  return spawnSync(DEBIAN_PYTHON, ['-c', `import ${name}`]).status === 0 ? false : `python3-${name} is not installed`
}

/** The first need that is not met. */
export function lacking(...needs: readonly Need[]): string | false {
  for (const need of needs) {
    const reason = SPECIAL[need]?.() ?? (pathOf(need) === undefined ? `${need} is not installed` : false)
    if (reason !== false) return reason
  }
  return false
}

/** Full path of a program. */
export function pathOf(program: string): string | undefined {
  return findCommand(program, SEARCH_PATH)
}
