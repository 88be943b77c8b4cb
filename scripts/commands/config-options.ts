/** Options that the `config` commands share. */

import type { Argv } from 'yargs'
import { configDirectory } from '../config/config-directory.js'
import { homeOf } from './common.js'

/** How a command line names the directory it is about. */
export interface DirectoryArguments {
  readonly home?: string | undefined
  readonly config?: string | undefined
  readonly tenant?: boolean | undefined
}

/** Adds `--config` and `--tenant`; without them it is the client's directory of the home. */
export function withDirectory<T>(yargs: Argv<T>) {
  return yargs
    .option('config', { type: 'string', requiresArg: true, describe: "Another directory of client's files" })
    .option('tenant', { type: 'boolean', describe: "The home's tenant, from which agents download" })
    .conflicts('config', 'tenant')
}

/** The directory, whether it is there or not. */
export function directoryOf(argv: DirectoryArguments): string {
  return configDirectory(homeOf(argv), argv)
}
