// Pure: nsbypass.json, the certificate-pinned apps (client-behaviour 1.2 and 2.5). One entry for each process, so an
// app with five processes is five entries with one appName and rowID.

import * as z from 'zod'
import { isAppDomain } from '../../steering/match-domain.js'
import { compileProcessPattern, MAX_PROCESS_PATTERN } from '../../steering/match-pinned.js'
import { envelope, flag, isOn, listOf, name, objectOf, text, textThat } from './values.js'

/** The codes of `action`. 1 is seen in real files; the code of block is not public, 2 is ours. */
export const PINNED_ACTION = { bypass: 1, block: 2 } as const

const PATTERN = `a regular expression of at most ${MAX_PROCESS_PATTERN} characters, because isRegex is on`

const domains = listOf(textThat('a domain such as github.com, or * for any host', isAppDomain), 'a list of domains')

const pinnedApp = objectOf({
  action: z.literal([PINNED_ACTION.bypass, PINNED_ACTION.block], { error: '1 (bypass) or 2 (block)' }),
  appName: text,
  app_domains: domains,
  // Predefined apps have no isRegex.
  isRegex: flag.optional(),
  mode: z.enum(['direct', 'tunnel'], { error: '"direct" or "tunnel"' }),
  processName: name,
  rowID: text.optional(),
  tunnel_domains: domains.optional(),
}).refine((app) => !isOn(app.isRegex) || compileProcessPattern(app.processName) !== undefined, {
  error: PATTERN,
  path: ['processName'],
})

/** The schema of nsbypass.json. */
export const pinnedAppsSchema = objectOf({
  ...envelope,
  certPinnedAppList: listOf(pinnedApp, 'a list of pinned apps'),
})

/** nsbypass.json, checked. */
export type PinnedApps = Readonly<z.infer<typeof pinnedAppsSchema>>

/** One entry of certPinnedAppList. */
export type PinnedApp = PinnedApps['certPinnedAppList'][number]
