// Pure: nsbypass.json, the certificate-pinned apps (client-behaviour 1.2 and 2.5). One entry for each process, so an
// app with five processes is five entries with one appName and rowID.

import * as z from 'zod'
import { isAppDomain } from '../../steering/match-domain.js'
import { compileProcessPattern, MAX_PATTERN_PROGRAMS, MAX_PROCESS_PATTERN } from '../../steering/match-pinned.js'
import { OPERATING_SYSTEMS } from '../../steering/operating-system.js'
import { envelope, flag, isOn, listOf, name, objectOf, text, textThat } from './values.js'

/** The codes of `action`. 1 is seen in real files; the others are not public, 2 and 3 (bypass if managed, else block) are ours. */
export const PINNED_ACTION = { bypass: 1, block: 2, managed: 3 } as const

// The real client takes PCRE; look-around and back references cannot be had in linear time.
const PATTERN = `a regular expression of at most ${MAX_PROCESS_PATTERN} characters without look-around and back references (RE2), because isRegex is on`

const SYSTEMS = '"windows", "macos" or "linux"'

const domains = listOf(textThat('a domain such as github.com, or * for any host', isAppDomain), 'a list of domains')

const pinnedApp = objectOf({
  action: z.literal([PINNED_ACTION.bypass, PINNED_ACTION.block, PINNED_ACTION.managed], {
    error: '1 (bypass), 2 (block) or 3 (bypass if the device is managed, else block)',
  }),
  appName: text,
  app_domains: domains,
  // Predefined apps have no isRegex.
  isRegex: flag.optional(),
  mode: z.enum(['direct', 'tunnel'], { error: '"direct" or "tunnel"' }),
  processName: name,
  rowID: text.optional(),
  tunnel_domains: domains.optional(),
  // Ours: the real lists are made for one system each.
  os: listOf(z.enum(OPERATING_SYSTEMS, { error: SYSTEMS }), `a list of ${SYSTEMS}`).optional(),
}).refine((app) => !isOn(app.isRegex) || compileProcessPattern(app.processName) !== undefined, {
  error: PATTERN,
  path: ['processName'],
})

const BUDGET = `fewer or simpler expressions: all together may have ${MAX_PATTERN_PROGRAMS} instructions`

const certPinnedAppList = listOf(pinnedApp, 'a list of pinned apps').superRefine((apps, context) => {
  let size = 0
  for (const [index, app] of apps.entries()) {
    if (!isOn(app.isRegex)) continue
    size += compileProcessPattern(app.processName)?.size ?? 0
    if (size <= MAX_PATTERN_PROGRAMS) continue
    return context.addIssue({ code: 'custom', path: [index, 'processName'], message: BUDGET })
  }
})

// Ours: how the real file tells the halves of dynamic steering apart is not public.
const half = objectOf({ certPinnedAppList: certPinnedAppList.optional() }).optional()

/** The schema of nsbypass.json. */
export const pinnedAppsSchema = objectOf({ ...envelope, certPinnedAppList, on_prem: half, off_prem: half })

/** nsbypass.json, checked. */
export type PinnedApps = Readonly<z.infer<typeof pinnedAppsSchema>>

/** One entry of certPinnedAppList. */
export type PinnedApp = PinnedApps['certPinnedAppList'][number]
