// Pure: the command line of nsdiag, a grammar of its own: options are case-sensitive single letters that take values of
// their own and do not bundle, one of them is what to do, and the others belong to it (client-behaviour 5.1). Words
// instead of options are the Linux client's (nsdiag-verbs.ts). What begins with two dashes is ours.

import type { CaptureKind, CaptureRequest } from '../../agent/capture-file/capture-request.js'
import type { NsdiagAction, NsdiagRequest } from './nsdiag-action.js'
import {
  bareName,
  captureBytes,
  captureFiles,
  caseHint,
  logLevel,
  logMegabytes,
  oneWord,
  snapLength,
  speedTestOf,
  timedUrl,
  wrong,
} from './nsdiag-values.js'
import { readVerb, VERBS } from './nsdiag-verbs.js'

/** How many values an option takes, and, of one that says what to do, which others may stand beside it. */
interface OptionForm {
  readonly values: number
  readonly beside?: readonly string[]
}

const OPTIONS: Readonly<Record<string, OptionForm>> = {
  '-f': { values: 0, beside: ['--json'] },
  '-n': { values: 0, beside: [] },
  '-u': { values: 0, beside: [] },
  '-l': { values: 1, beside: [] },
  '-m': { values: 1, beside: [] },
  '-c': { values: 1, beside: ['-o', '-s', '--keys', '--format', '--size', '--files', '--json'] },
  '-p': { values: 1, beside: ['-o', '-s', '--format', '--files', '--from', '--json'] },
  '-d': { values: 1, beside: ['-o', '--json'] },
  '-r': { values: 1, beside: ['--json'] },
  '-g': { values: 1, beside: ['-s', '--json'] },
  '-x': { values: 2, beside: [] },
  '-t': { values: 1, beside: [] },
  '-v': { values: 0, beside: [] },
  '--version': { values: 0, beside: [] },
  '-h': { values: 0, beside: [] },
  '--help': { values: 0, beside: [] },
  // What to do only when nothing else says so: save the logs.
  '-o': { values: 1 },
  '-s': { values: 1 },
  '--json': { values: 0 },
  '--keys': { values: 0 },
  '--format': { values: 1 },
  '--size': { values: 1 },
  '--files': { values: 1 },
  '--from': { values: 1 },
  '--home': { values: 1 },
}

/** All options, as they are typed. */
export const NSDIAG_OPTIONS = Object.keys(OPTIONS)

/** Their values are numbers; negative ones are told the range. */
const OF_NUMBERS: ReadonlySet<string> = new Set(['-m', '-s', '--size', '--files'])

/** Which start captures, by kind. */
const CAPTURES = { inner: '-c', outer: '-p' } as const

/** What was given: the values by option, and the words that belong to none. */
interface Given {
  readonly options: ReadonlyMap<string, readonly string[]>
  readonly words: readonly string[]
}

/** Reads what follows `nsdiag` or `nsclient`. Throws a user's mistake `bad-nsdiag`. */
export function readNsdiag(argv: readonly string[], tool: 'nsdiag' | 'nsclient' = 'nsdiag'): NsdiagRequest {
  const { options, words } = given(argv)
  const [home] = options.get('--home') ?? []
  const json = options.has('--json')
  const actions = [...options.keys()].filter((option) => OPTIONS[option]?.beside !== undefined)
  const [first, second] = actions
  if (second !== undefined) throw wrong(`${first} and ${second} are two things to do, and one goes at a time`)
  if (words.length > 0 && first !== undefined && !/^(-h|--help)$/.test(first))
    throw wrong(`${first} does not go with ${JSON.stringify(words[0])}`)
  if (first !== undefined) {
    mustGoWith(first, options, [...(OPTIONS[first]?.beside ?? []), first])
    return { action: actionOf(first, options), json, home }
  }
  if (words.length > 0) {
    return { action: verbAction(words, options), json, home }
  }
  const [file] = options.get('-o') ?? []
  if (file === undefined && tool === 'nsclient')
    throw wrong(`nsclient needs a command: ${Object.keys(VERBS).join(', ')}`)
  if (file === undefined) throw wrong('nsdiag needs an option that says what to do')
  mustGoWith('-o', options, ['-o'])
  return { action: { do: 'save-logs', file }, json, home }
}

function given(argv: readonly string[]): Given {
  const options = new Map<string, readonly string[]>()
  const words: string[] = []
  for (let at = 0; at < argv.length; at += 1) {
    const text = argv[at] ?? ''
    if (!text.startsWith('-') || text === '-') {
      words.push(text)
      continue
    }
    // A long option's value may be tied to it.
    const [, long, tied] = /^(--[^=]+)=(.*)$/s.exec(text) ?? []
    const option = long ?? text
    const form = Object.hasOwn(OPTIONS, option) ? OPTIONS[option] : undefined
    if (form === undefined) throw wrong(unknown(option))
    if (options.has(option) && option !== '--home') throw wrong(`${option} is given twice`)
    if (tied !== undefined && form.values === 0) throw wrong(`${option} takes no value`)
    const values = tied === undefined ? argv.slice(at + 1, at + 1 + form.values) : [tied]
    if (tied === undefined) at += form.values
    // A pattern and its text may look like options; of other values only numbers do.
    const noValue = OF_NUMBERS.has(option) ? /^-(?!\d)|^$/ : /^-|^$/
    const isMissing = values.length < form.values || (option !== '-x' && values.some((value) => noValue.test(value)))
    if (isMissing) throw wrong(`${option} needs ${form.values === 1 ? 'a value' : 'a pattern and a text'}`)
    options.set(option, values)
  }
  return { options, words }
}

function unknown(option: string): string {
  return `there is no option ${option}${caseHint(option, NSDIAG_OPTIONS)}`
}

/** Nothing else than these, and the home, may be there. */
function mustGoWith(action: string, options: Given['options'], allowed: readonly string[]): void {
  const odd = [...options.keys()].find((option) => option !== '--home' && !allowed.includes(option))
  if (odd !== undefined) throw wrong(`${odd} does not go with ${action}`)
}

function actionOf(option: string, options: Given['options']): NsdiagAction {
  const [value = '', more = ''] = options.get(option) ?? []
  const [size] = options.get('-s') ?? []
  switch (option) {
    case '-f':
      return { do: 'details' }
    case '-n':
      return { do: 'private-access' }
    case '-u':
      return { do: 'update' }
    case '-l':
      return { do: 'log-level', level: logLevel(option, value) }
    case '-m':
      return { do: 'log-size', megabytes: logMegabytes(value) }
    case '-c':
      return captureAction('inner', value, options)
    case '-p':
      return captureAction('outer', value, options)
    case '-d':
      return driverLogAction(value, options)
    case '-r':
      return { do: 'timing', url: timedUrl(value) }
    case '-g':
      return { do: 'speed-test', ...speedTestOf(option, value, size) }
    case '-x':
      return { do: 'match', pattern: value, text: more }
    case '-t':
      return { do: 'switch', to: oneWord(option, value, ['enable', 'disable'] as const), asVerb: false }
    case '-v':
    case '--version':
      return { do: 'version' }
    default:
      return { do: 'help' }
  }
}

/** A command of words; one that starts a capture goes with what its option goes with. */
function verbAction(words: readonly string[], options: Given['options']): NsdiagAction {
  const { action, beside } = readVerb(words)
  const isCapture = action.do === 'capture-start'
  mustGoWith(words[0] ?? '', options, isCapture ? (OPTIONS[CAPTURES[action.kind]]?.beside ?? []) : beside)
  return isCapture ? { ...action, request: captureRequest(action.kind, options) } : action
}

function driverLogAction(value: string, options: Given['options']): NsdiagAction {
  const act = oneWord('-d', value, ['start', 'stop'] as const)
  if (act === 'start') return { do: 'driver-log', act, file: readWith(options, '-o', bareName) }
  mustGoWith('-d stop', options, ['-d', '--json'])
  return { do: 'driver-log', act }
}

function captureAction(kind: CaptureKind, value: string, options: Given['options']): NsdiagAction {
  const option = CAPTURES[kind]
  if (oneWord(option, value, ['start', 'stop'] as const) === 'stop') {
    mustGoWith(`${option} stop`, options, [option, '--json'])
    return { do: 'capture-stop', kind }
  }
  return { do: 'capture-start', kind, request: captureRequest(kind, options) }
}

function captureRequest(kind: CaptureKind, options: Given['options']): CaptureRequest {
  // The same letter is the length of packets here, and the size of the file there.
  const size = kind === 'inner' ? '--size' : '-s'
  return {
    file: readWith(options, '-o', bareName),
    snapLength: kind === 'inner' ? readWith(options, '-s', snapLength) : undefined,
    maxBytes: readWith(options, size, (text) => captureBytes(size, text)),
    files: readWith(options, '--files', captureFiles),
    format: readWith(options, '--format', (text) => oneWord('--format', text, ['pcapng', 'pcap'] as const)),
    keys: options.has('--keys') || undefined,
    from: readWith(options, '--from', (text) => oneWord('--from', text, ['kernel', 'socket'] as const)),
  }
}

function readWith<Value>(options: Given['options'], option: string, read: (text: string) => Value): Value | undefined {
  const [text] = options.get(option) ?? []
  return text === undefined ? undefined : read(text)
}
