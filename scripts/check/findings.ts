// Pure: all that a check has found, before it is put in words.

import type { PinnedApp } from '../../agent/config/schema/nsbypass.js'
import type { Runs } from './conclusion.js'
import type { SeenHost } from './evidence.js'

/** The findings of one check. */
export interface Findings {
  readonly command: readonly string[]
  readonly runs: Runs
  /** Of a program that works by environment variables: the one that does it alone; null when none does, undefined when it was not looked for. */
  readonly variable: string | null | undefined
  /** Those that were set together. */
  readonly variables: readonly string[]
  /** Of these, the ones that the caller's own environment has. */
  readonly inherited: readonly string[]
  /** The entries of nsbypass.json that the bypassed run was made with, and the command that adds them. */
  readonly pinned: { readonly entries: readonly PinnedApp[]; readonly command: string }
  /** Hosts that the client's files of the user's home do not steer; undefined when the check was made with these files. */
  readonly notSteeredAtHome: readonly SeenHost[] | undefined
  readonly lab: boolean
}
