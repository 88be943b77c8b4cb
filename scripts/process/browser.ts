/** Finds a Chromium or Chrome and says how to start it for a lab: a profile of its own, nothing in the background. */

import { SteerError } from '../../agent/errors.js'
import { findCommand } from './find-command.js'

/** Commands that start one; the programs they start have one of these names too. */
export const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'] as const

/** Full path of the browser in a search path. Throws SteerError `no-browser`. */
export function findBrowser(path: string): string {
  for (const name of BROWSERS) {
    const file = findCommand(name, path)
    if (file !== undefined) return file
  }
  throw new SteerError('no-browser', 'no Chromium or Chrome was found; on Debian: apt-get install chromium')
}

/** Arguments for a browser of the lab. `unsandboxed`: as root Chromium's sandbox refuses to run. */
export function browserArguments(profile: string, unsandboxed: boolean): readonly string[] {
  return [
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    // The policy says both too, where the system has a place for policies.
    '--disable-quic',
    '--dns-over-https-mode=off',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    ...(unsandboxed ? ['--no-sandbox'] : []),
  ]
}
