// Pure: the files of the client's directory, and what they hold once checked.

import type * as z from 'zod'
import { type Branding, brandingSchema } from './schema/nsbranding.js'
import { type PinnedApps, pinnedAppsSchema } from './schema/nsbypass.js'
import { type ClientConfig, clientConfigSchema } from './schema/nsconfig.js'
import { type Exceptions, exceptionsSchema } from './schema/nsexception.js'
import { type Overlaps, overlapsSchema } from './schema/nsoverlap.js'
import { type Steering, steeringSchema } from './schema/nssteering.js'
import { type LabSettings, labSettingsSchema } from './schema/steerlab.js'

/** All that the client's files say, each file checked. */
export interface Configuration {
  readonly branding: Branding
  readonly client: ClientConfig
  readonly steering: Steering
  readonly exceptions: Exceptions
  readonly pinned: PinnedApps
  readonly overlaps: Overlaps
  readonly lab: LabSettings
}

/** One file: where its content goes, what it must look like, and what stands for it where it may be missing. */
export interface ConfigurationFile {
  readonly key: keyof Configuration
  readonly schema: z.ZodType
  readonly whenMissing?: unknown
}

/** The names of the files. */
export type FileName =
  | 'nsbranding.json'
  | 'nsconfig.json'
  | 'nssteering.json'
  | 'nsexception.json'
  | 'nsbypass.json'
  | 'nsoverlap.json'
  | 'steerlab.json'

/** The files, in the order they are read and complained about; which are mandatory: client-behaviour 1.1. */
export const CONFIGURATION_FILES: Readonly<Record<FileName, ConfigurationFile>> = {
  'nsbranding.json': { key: 'branding', schema: brandingSchema },
  'nsconfig.json': { key: 'client', schema: clientConfigSchema },
  'nssteering.json': { key: 'steering', schema: steeringSchema },
  'nsexception.json': { key: 'exceptions', schema: exceptionsSchema },
  'nsbypass.json': { key: 'pinned', schema: pinnedAppsSchema, whenMissing: { certPinnedAppList: [] } },
  'nsoverlap.json': { key: 'overlaps', schema: overlapsSchema, whenMissing: { overlappingDomainList: {} } },
  'steerlab.json': { key: 'lab', schema: labSettingsSchema, whenMissing: {} },
}

/** The names of the files, in that order. */
export const FILE_NAMES = Object.keys(CONFIGURATION_FILES) as readonly FileName[]

/** A configuration of values by file; a file that is left out says what it says when it is missing. */
export function configurationOf(values: Readonly<Partial<Record<FileName, unknown>>>): Configuration {
  const entries = FILE_NAMES.map((file) => {
    const { key, whenMissing } = CONFIGURATION_FILES[file]
    return [key, values[file] ?? whenMissing]
  })
  // Each value has passed the schema of its own key, which the table of files ties together.
  return Object.fromEntries(entries) as unknown as Configuration
}
