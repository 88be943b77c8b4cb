// Pure: the entries of nsbypass.json that list a program as certificate-pinned, as the client has them, and the command
// that adds them.

import { editLists, type HalfKey } from '../../agent/config/edit/edit.js'
import { type FileValue, isObject } from '../../agent/config/edit/file-value.js'
import { addPinned } from '../../agent/config/edit/pinned.js'
import type { PinnedApp } from '../../agent/config/schema/nsbypass.js'
import { isAppDomain } from '../../agent/steering/match-domain.js'
import { shellWord } from '../process/own-command.js'

/** A program to be listed. */
export interface PinnedProgram {
  /** What the app is called. */
  readonly app: string
  readonly processes: readonly string[]
  /** The hosts it contacts; one that no entry can name makes it any host. */
  readonly hosts: readonly string[]
}

const LIST = 'certPinnedAppList'

/** One entry for each process: bypassed, directly. */
export function pinnedEntries({ app, processes, hosts }: PinnedProgram): readonly PinnedApp[] {
  const edits = processes.map((process) =>
    addPinned({
      process,
      isRegex: false,
      app,
      domains: domainsOf(hosts),
      action: 'bypass',
      mode: 'direct',
      tunnelDomains: [],
    }),
  )
  // The edit makes entries as the schema has them.
  return editLists({ [LIST]: [] }, [], edits).value['certPinnedAppList'] as readonly PinnedApp[]
}

/** The arguments of `steerlab` that add them, as typed into a shell. */
export function pinnedCommand({ app, processes, hosts }: PinnedProgram): string {
  const names = processes.flatMap((process) => ['--process', process])
  const words = ['config', 'edit', 'add-pinned', ...names, '--app', app, '--domain', domainsOf(hosts).join(',')]
  return ['steerlab', ...words].map(shellWord).join(' ')
}

/** nsbypass.json with the entries before all others, in every list it has: the first that covers a flow counts. */
export function withEntriesFirst(file: FileValue, entries: readonly PinnedApp[]): FileValue {
  const listed = (value: FileValue): FileValue => ({
    ...value,
    [LIST]: [...entries, ...((value[LIST] as readonly unknown[] | undefined) ?? [])],
  })
  const halves = (['on_prem', 'off_prem'] as const satisfies readonly HalfKey[]).flatMap((half) => {
    const value = file[half]
    return isObject(value) && Object.hasOwn(value, LIST) ? [[half, listed(value)] as const] : []
  })
  return { ...listed(file), ...Object.fromEntries(halves) }
}

function domainsOf(hosts: readonly string[]): readonly string[] {
  return hosts.length > 0 && hosts.every(isAppDomain) ? hosts : ['*']
}
