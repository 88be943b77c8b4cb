// Pure: one file of a real client's directory in our shape. The real files load unchanged wherever their shape is
// public; this is about the rest: words and codes that are not, and values that were never seen.

import { CONFIGURATION_FILES, type FileName } from '../configuration.js'
import { type FileValue, isObject } from '../edit/file-value.js'
import { PINNED_ACTION } from '../schema/nsbypass.js'
import type { ImportNote } from './imported.js'
import { type Pruned, prune } from './prune.js'
import { readTrafficMode } from './traffic-mode.js'

/** A file's content and what was changed in it. */
export type ImportedFile = Pruned

type Translated = Omit<Pruned, 'removed'>

/** What a file is called in our directory: today's name, or for `nsdomain.json` (2021) the one that took its place. */
export function clientFileName(name: string): FileName | undefined {
  const file = name === 'nsdomain.json' ? 'nssteering.json' : name
  return Object.hasOwn(CONFIGURATION_FILES, file) ? (file as FileName) : undefined
}

/** Imports one file; undefined when it cannot be used at all, as its check then says. */
export function importClientFile(file: FileName, value: unknown): ImportedFile | undefined {
  const { value: ours, notes } = isObject(value) ? translate(file, value) : { value, notes: [] }
  const pruned = prune(file, ours)
  return pruned && { ...pruned, notes: [...notes, ...pruned.notes] }
}

function translate(file: FileName, value: FileValue): Translated {
  if (file === 'nssteering.json') return translateSteering(value)
  if (file === 'nsbypass.json') return translatePinned(value)
  return { value, notes: [] }
}

/** The word for the mode; a half may have one of its own. */
function translateSteering(steering: FileValue): Translated {
  const notes: ImportNote[] = []
  const translated = (part: FileValue, path: string): FileValue => {
    const { traffic_mode: word, domains } = part
    const { mode, guessed } = readTrafficMode(
      typeof word === 'string' ? word : undefined,
      Array.isArray(domains) && domains.length > 0,
    )
    if (!guessed) return part
    const why = word === undefined ? 'is missing' : `${JSON.stringify(word)} is a word that is not public`
    notes.push({ path: `nssteering.json ${path}.traffic_mode`, reason: `${why}: taken as ${mode}` })
    return { ...part, traffic_mode: mode }
  }
  const top = translated(steering, '$')
  const halves = ['on_prem', 'off_prem'].flatMap((key): [string, FileValue][] => {
    const half = steering[key]
    return isObject(half) && Object.hasOwn(half, 'traffic_mode') ? [[key, translated(half, `$.${key}`)]] : []
  })
  return { value: { ...top, ...Object.fromEntries(halves) }, notes }
}

/** The codes of `action`, of which only 1 is public, and switches without their quotes. */
function translatePinned(file: FileValue): Translated {
  const notes: ImportNote[] = []
  const entry = (app: FileValue, path: string): FileValue => {
    const say = (key: string, reason: string) => notes.push({ path: `nsbypass.json ${path}.${key}`, reason })
    const { action } = app
    const code = typeof action === 'string' ? Number(action) : action
    const meaning = MEANINGS.get(code)
    if (meaning === undefined) {
      const what = action === undefined ? 'is missing' : `${JSON.stringify(action)} is a code that is not public`
      say('action', `${what}: taken as ${PINNED_ACTION.bypass}, bypass`)
    } else if (code !== PINNED_ACTION.bypass) {
      say('action', `${code} is not a public code: taken as ${meaning}, as here`)
    }
    if (app['mode'] === undefined) say('mode', 'is missing: taken as direct')
    return {
      ...app,
      action: meaning === undefined ? PINNED_ACTION.bypass : code,
      mode: app['mode'] ?? 'direct',
      ...(typeof app['isRegex'] === 'boolean' ? { isRegex: String(app['isRegex']) } : {}),
    }
  }
  const list = (part: FileValue, path: string): FileValue => {
    const apps = part['certPinnedAppList']
    if (!Array.isArray(apps)) return part
    const translated = apps.map((app, index) =>
      isObject(app) ? entry(app, `${path}.certPinnedAppList[${index}]`) : app,
    )
    return { ...part, certPinnedAppList: translated }
  }
  const top = list(file, '$')
  const halves = ['on_prem', 'off_prem'].flatMap((key): [string, FileValue][] => {
    const half = file[key]
    return isObject(half) ? [[key, list(half, `$.${key}`)]] : []
  })
  return { value: { ...top, ...Object.fromEntries(halves) }, notes }
}

const MEANINGS: ReadonlyMap<unknown, string> = new Map([
  [PINNED_ACTION.bypass, 'bypass'],
  [PINNED_ACTION.block, 'block'],
  [PINNED_ACTION.managed, 'bypass if managed, else block'],
])
