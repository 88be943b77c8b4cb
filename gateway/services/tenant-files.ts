// Pure: the configuration files of a tenant, as its administrator edits them and its clients download them, and whether
// they may be published. nsbranding.json is none of them: it is made for each user.

import { checkFile } from '../../agent/config/check.js'
import { CONFIGURATION_FILES } from '../../agent/config/configuration.js'
import { MAX_DOWNLOAD_BYTES } from '../../agent/config/download/endpoints.js'

/** The names of the files, in the order they are complained about. */
export const TENANT_FILE_NAMES = [
  'nsconfig.json',
  'nssteering.json',
  'nsexception.json',
  'nsbypass.json',
  'nsoverlap.json',
] as const

/** The name of a file. */
export type TenantFileName = (typeof TENANT_FILE_NAMES)[number]

/** Texts by file name; a file that may be missing may be left out. */
export type TenantFiles = Readonly<Partial<Record<TenantFileName, string>>>

/** One line for each reason why the files cannot be published; none when they can. */
export function problemsOf(files: TenantFiles): readonly string[] {
  return TENANT_FILE_NAMES.flatMap((name) => {
    const content = files[name]
    if (content === undefined) return isMandatory(name) ? [`${name}: is missing, and must be there`] : []
    if (Buffer.byteLength(content) > MAX_DOWNLOAD_BYTES) return [tooLarge(name)]
    const checked = checkFile(name, content)
    return 'problems' in checked ? checked.problems : []
  })
}

/** The problem of a file over 1 MB. */
export function tooLarge(name: TenantFileName): string {
  return `${name}: has more than ${MAX_DOWNLOAD_BYTES} bytes, the most a client downloads`
}

/** Whether both are the same files with the same texts. */
export function areSame(one: TenantFiles, other: TenantFiles): boolean {
  return TENANT_FILE_NAMES.every((name) => one[name] === other[name])
}

/** Whether all mandatory files are there. */
export function isWhole(files: TenantFiles): boolean {
  return TENANT_FILE_NAMES.every((name) => !isMandatory(name) || files[name] !== undefined)
}

function isMandatory(name: TenantFileName): boolean {
  return CONFIGURATION_FILES[name].whenMissing === undefined
}
