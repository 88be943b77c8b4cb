// Pure: changes of nsbypass.json, which has an entry for each process of an app.

import { userMistake } from '../../errors.js'
import { PINNED_ACTION } from '../schema/nsbypass.js'
import { isOn } from '../schema/values.js'
import type { ListEdit } from './edit.js'
import { type FileValue, isObject } from './file-value.js'

/** A process of an app that is to be pinned. */
export interface PinnedProcess {
  readonly process: string
  readonly isRegex: boolean
  readonly app: string
  readonly domains: readonly string[]
  readonly action: keyof typeof PINNED_ACTION
  readonly mode: 'direct' | 'tunnel'
  readonly tunnelDomains: readonly string[]
  /** Left out = all. */
  readonly os?: readonly string[] | undefined
}

/** Which entries are to go: those with all that is given. */
export interface PinnedSelection {
  readonly process?: string | undefined
  readonly app?: string | undefined
  readonly os?: readonly string[] | undefined
}

const LIST = 'certPinnedAppList'

/**
 * Adds the entry of a process, or its domains to the entry it has. Throws a user's mistake: `bad-entry` for `*.x`, which
 * never matches, and when applied `pinned-otherwise` when the process has an entry with another action or mode.
 */
export function addPinned(wanted: PinnedProcess): ListEdit {
  const { process, isRegex, app, domains, action, mode, tunnelDomains, os } = wanted
  const wild = [...domains, ...tunnelDomains].find((domain) => domain.startsWith('*.'))
  if (wild !== undefined) {
    throw userMistake('bad-entry', `${wild} never matches in a pinned app: ${wild.slice(2)} is all below it, too`)
  }
  const entry = {
    action: PINNED_ACTION[action],
    appName: app,
    app_domains: domains,
    // Predefined apps have no isRegex, custom ones always.
    isRegex: String(isRegex),
    mode,
    processName: process,
    tunnel_domains: tunnelDomains,
    ...(os === undefined ? {} : { os }),
  }
  return {
    key: LIST,
    subject: subjectOf(wanted),
    apply: (list) => {
      const index = list.findIndex(
        (item) => isObject(item) && isEntry(item, wanted) && isOn(item['isRegex'] as never) === isRegex,
      )
      if (index === -1) return [...list, { ...entry, rowID: rowIdFor(list, app) }]
      const there = list[index] as FileValue
      if (there['action'] !== entry.action || there['mode'] !== mode) {
        throw userMistake(
          'pinned-otherwise',
          `${subjectOf(wanted)} has another action or mode: remove-pinned comes first`,
        )
      }
      const more = { app_domains: domains, tunnel_domains: tunnelDomains }
      const merged = Object.fromEntries(
        Object.entries(more).map(([key, added]) => [
          key,
          [...new Set([...((there[key] as string[]) ?? []), ...added])],
        ]),
      )
      const isSame = Object.entries(merged).every(
        ([key, value]) => value.length === ((there[key] as string[]) ?? []).length,
      )
      return isSame ? undefined : list.with(index, { ...there, ...merged })
    },
  }
}

/** Removes the entries that have all of what is given, which is at least one thing. */
export function removePinned(selection: PinnedSelection): ListEdit {
  return {
    key: LIST,
    subject: subjectOf(selection),
    apply: (list) => {
      const kept = list.filter((item) => !isObject(item) || !isEntry(item, selection))
      return kept.length === list.length ? undefined : kept
    },
  }
}

/** Names are compared as the client does, without case. */
function isEntry(item: FileValue, { process, app, os }: PinnedSelection): boolean {
  const isText = (key: string, text: string | undefined) =>
    text === undefined || String(item[key]).toLowerCase() === text.toLowerCase()
  const systems = item['os'] as readonly string[] | undefined
  return (
    isText('processName', process) &&
    isText('appName', app) &&
    (os === undefined || (systems !== undefined && String([...systems].sort()) === String([...os].sort())))
  )
}

/** The entries of an app share a row; custom ones are numbered (client-behaviour 1.2). */
function rowIdFor(list: readonly unknown[], app: string): string {
  const entries = list.filter(isObject)
  const own = entries.find((item) => isEntry(item, { app }) && typeof item['rowID'] === 'string')
  if (own !== undefined) return String(own['rowID'])
  const numbers = entries.map(({ rowID }) => Number(/^custom_(\d+)$/.exec(String(rowID))?.[1] ?? 0))
  return `custom_${Math.max(0, ...numbers) + 1}`
}

function subjectOf({ process, app, os }: PinnedSelection): string {
  const words = [process ?? 'all processes', app && `of ${app}`, os && `on ${os.join(', ')}`]
  return words.filter((word) => word !== undefined).join(' ')
}
