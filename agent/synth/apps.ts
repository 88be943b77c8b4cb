// Pure: the programs of an office endpoint, by platform.

import type { Platform } from '../log/message-form.js'
import type { App } from './app.js'
import { DEVELOPER_APPS } from './app-list-developer.js'
import { FILE_APPS } from './app-list-files.js'
import { OFFICE_APPS } from './app-list-office.js'
import { SYSTEM_APPS } from './app-list-system.js'

/** All known programs. */
export const APPS: readonly App[] = [...OFFICE_APPS, ...FILE_APPS, ...DEVELOPER_APPS, ...SYSTEM_APPS]

/** The programs that run on a platform. */
export function appsOf(platform: Platform): readonly App[] {
  return APPS.filter(({ process }) => process[platform] !== undefined)
}
