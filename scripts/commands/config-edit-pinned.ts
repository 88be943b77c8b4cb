/** `steerlab config edit add-pinned` and `remove-pinned`. */

import type { CommandModule } from 'yargs'
import { editLists } from '../../agent/config/edit/edit.js'
import { addPinned, type PinnedProcess, removePinned } from '../../agent/config/edit/pinned.js'
import { userMistake } from '../../agent/errors.js'
import { OPERATING_SYSTEMS } from '../../agent/steering/operating-system.js'
import { addTo, type EditArguments, halvesOf, once, oneOf, removeFrom, several, withHalf } from './config-edit-file.js'

interface AddArguments extends EditArguments {
  readonly process: readonly string[]
  readonly regex: boolean
  readonly app: string
  readonly domain?: readonly string[] | undefined
  readonly action: PinnedProcess['action']
  readonly mode: PinnedProcess['mode']
  readonly tunnelDomain?: readonly string[] | undefined
  readonly os?: readonly string[] | undefined
}

interface RemoveArguments extends EditArguments {
  readonly process?: readonly string[] | undefined
  readonly app?: string | undefined
  readonly os?: readonly string[] | undefined
}

const FILE = 'nsbypass.json'
const SYSTEMS = { ...several('Only on these systems'), choices: OPERATING_SYSTEMS }

export const addPinnedCommand: CommandModule<object, AddArguments> = {
  command: 'add-pinned',
  describe: 'Pin processes of an app: bypass, block, or bypass on managed devices',
  builder: (yargs) =>
    withHalf(yargs)
      .option('process', {
        ...several('Name of a process; may be given several times', { commas: false }),
        demandOption: true,
      })
      .option('app', { ...once("The app's name"), demandOption: true })
      .option('domain', several('Hosts it is bypassed for, with all below them; "*" for any'))
      .option('regex', { type: 'boolean', default: false, describe: 'The process names are regular expressions' })
      .option('action', {
        ...oneOf(['bypass', 'block', 'managed'], 'managed = bypass on managed devices, else block'),
        default: 'bypass',
      })
      .option('mode', { ...oneOf(['direct', 'tunnel'], 'Where a bypass goes'), default: 'direct' })
      .option('tunnel-domain', several('Hosts that are tunnelled in mode tunnel; else all'))
      .option('os', SYSTEMS)
      .example('$0 config edit add-pinned --process Zoom.exe --app Zoom --domain zoom.us', 'One process') as never,
  handler: async (argv) => {
    const { process: names, regex: isRegex, app, domain, action, mode, tunnelDomain: tunnelDomains = [], os } = argv
    if (domain === undefined && action === 'bypass') {
      throw userMistake('bad-options', 'Bypassed for which hosts? --domain says it, "*" for any')
    }
    // The other actions do not look at the hosts (client-behaviour 2.5).
    const domains = domain ?? ['*']
    await addTo(argv, FILE, (value) =>
      editLists(
        value,
        halvesOf(argv),
        names.map((process) => addPinned({ process, isRegex, app, domains, action, mode, tunnelDomains, os })),
      ),
    )
  },
}

export const removePinnedCommand: CommandModule<object, RemoveArguments> = {
  command: 'remove-pinned',
  describe: 'Take away the entries of an app or of processes; exit code 1 when there is none',
  builder: (yargs) =>
    withHalf(yargs)
      .option('process', several('Name of a process; may be given several times', { commas: false }))
      .option('app', once("The app's name"))
      .option('os', SYSTEMS)
      .example('$0 config edit remove-pinned --app Dropbox', 'With all its processes') as never,
  handler: async (argv) => {
    const { process: names, app, os } = argv
    if (names === undefined && app === undefined) throw userMistake('bad-options', 'Which? --app or --process says it')
    await removeFrom(argv, FILE, (value) =>
      editLists(
        value,
        halvesOf(argv),
        (names ?? [undefined]).map((process) => removePinned({ process, app, os })),
      ),
    )
  },
}
