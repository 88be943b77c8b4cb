// Pure: the Linux client's commands (client-behaviour 5.1). What they take beyond their names is not public but for the
// kinds of `start-pkt`; the rest is ours.

import type { NsdiagAction } from './nsdiag-action.js'
import { caseHint, logLevel, oneWord, speedTestOf, wrong } from './nsdiag-values.js'

/** The name of a bundle where none is given. */
const BUNDLE_FILE = 'nslogs.zip'

const KINDS = ['inner', 'outer'] as const

/** One command. */
interface Verb {
  /** What follows its name, as it is shown; brackets: may be left out. */
  readonly takes: readonly string[]
  /** What it is, for the help. */
  readonly what: string
  readonly beside?: readonly string[]
  readonly read: (words: readonly string[]) => NsdiagAction
}

/** The commands, in the order of the documentation. */
export const VERBS: Readonly<Record<string, Verb>> = {
  enable: { takes: [], what: 'enable the client', read: () => ({ do: 'switch', to: 'enable', asVerb: true }) },
  disable: { takes: [], what: 'disable the client', read: () => ({ do: 'switch', to: 'disable', asVerb: true }) },
  'show-status': { takes: [], what: 'enabled or disabled', read: () => ({ do: 'show-status' }) },
  'show-config': { takes: [], what: 'the configuration', beside: ['--json'], read: () => ({ do: 'show-config' }) },
  'update-config': { takes: [], what: 'as -u', read: () => ({ do: 'update' }) },
  'show-blocked-event': {
    takes: [],
    what: 'pinned apps that were refused',
    beside: ['--json'],
    read: () => ({ do: 'show-blocked' }),
  },
  'set-log-level': {
    takes: ['LEVEL'],
    what: 'as -l',
    read: ([level = '']) => ({ do: 'log-level', level: logLevel('set-log-level', level) }),
  },
  'save-logs': {
    takes: ['[FILE]'],
    what: 'as -o',
    read: ([file = BUNDLE_FILE]) => ({ do: 'save-logs', file }),
  },
  'start-pkt': {
    takes: ['inner|outer'],
    what: 'as -c start, -p start, and with what goes beside these',
    read: ([kind = '']) => ({ do: 'capture-start', kind: oneWord('start-pkt', kind, KINDS), request: {} }),
  },
  'stop-pkt': {
    takes: ['[inner|outer]'],
    what: 'stop it, or what runs',
    beside: ['--json'],
    read: ([kind]) => ({ do: 'capture-stop', ...(kind && { kind: oneWord('stop-pkt', kind, KINDS) }) }),
  },
  'start-speedtest': {
    takes: ['[upload|download]', '[1mb|10mb|100mb]'],
    what: 'as -g; download 10mb',
    beside: ['--json'],
    read: ([direction = 'download', size = '10mb']) => ({
      do: 'speed-test',
      ...speedTestOf('start-speedtest', direction, size),
    }),
  },
  'show-pa': { takes: [], what: 'private access', read: () => ({ do: 'private-access' }) },
}

/** Reads a command and what follows it. Throws a user's mistake `bad-nsdiag`. */
export function readVerb([name = '', ...words]: readonly string[]): {
  readonly action: NsdiagAction
  /** Options that may stand beside it. */
  readonly beside: readonly string[]
} {
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined
  if (verb === undefined)
    throw wrong(`there is no command ${JSON.stringify(name)}${caseHint(name, Object.keys(VERBS))}`)
  const { takes, beside = [], read } = verb
  const least = takes.filter((word) => !word.startsWith('[')).length
  if (words.length < least) throw wrong(`${name} needs ${takes.join(' ')}`)
  if (words.length > takes.length) throw wrong(`${name} does not go with ${JSON.stringify(words[takes.length])}`)
  return { action: read(words), beside }
}
