/** `steerlab tenant`: the cloud's side of the configuration: versions, users, and what clients have told. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Argv, CommandModule } from 'yargs'
import { SteerError } from '../../agent/errors.js'
import type { ClientStatus } from '../../gateway/services/client-status.js'
import { configVersionOf } from '../../gateway/services/config-version.js'
import { addUser } from '../../gateway/services/tenant.js'
import { TenantStore } from '../../gateway/services/tenant-store.js'
import { ensureTenant } from '../config/enrol-home.js'
import { homeOf, print, table } from './common.js'

interface TenantArguments {
  readonly home?: string | undefined
  readonly json?: boolean
}

const JSON_OPTION = { type: 'boolean', default: false, describe: 'Print JSON' } as const

/** A client's status, as clientstatus.jsonl has it. */
type ToldStatus = ClientStatus & { readonly time: string; readonly user: string }

/** The store of a home's tenant; what it refuses is told on standard error. */
function storeOf(directory: string): TenantStore {
  return new TenantStore({
    directory,
    now: () => new Date(),
    log: ({ event, ...fields }) => {
      if (event === 'config-refused') process.stderr.write(`steerlab: ${Object.values(fields).join(' ')}\n`)
    },
  })
}

const show: CommandModule<object, TenantArguments> = {
  command: ['show', '$0'],
  describe: 'Whose tenant it is, its users and the version that clients get',
  builder: (yargs) => yargs.option('json', JSON_OPTION),
  handler: async (argv) => {
    const home = homeOf(argv)
    const tenant = await ensureTenant(home)
    const version = (await storeOf(home.tenant).current())?.version
    const facts = {
      directory: home.tenant,
      tenant: tenant.tenant,
      organisation: tenant.orgName,
      users: tenant.users.map(({ email }) => email),
      version: version === undefined ? null : configVersionOf(version.id),
    }
    print(argv.json === true, facts, () =>
      Object.entries(facts)
        .map(([name, value]) => `${name.padEnd(12)} ${Array.isArray(value) ? value.join(', ') : (value ?? 'none')}\n`)
        .join(''),
    )
  },
}

const versions: CommandModule<object, TenantArguments> = {
  command: 'versions',
  describe: 'The published versions, newest first',
  builder: (yargs) => yargs.option('json', JSON_OPTION),
  handler: async (argv) => {
    const found = (await storeOf(homeOf(argv).tenant).versions()).map(configVersionOf)
    print(argv.json === true, found, () => found.map((version) => `${version}\n`).join(''))
  },
}

const rollback: CommandModule<object, TenantArguments & { readonly wanted: string }> = {
  command: 'rollback <wanted>',
  describe: 'Publish the files of an earlier version again, as a new one',
  builder: (yargs) =>
    yargs.positional('wanted', { type: 'string', demandOption: true, describe: 'As `versions` lists it' }),
  handler: async (argv) => {
    const id = await storeOf(homeOf(argv).tenant).rollback(argv.wanted)
    process.stdout.write(`version ${configVersionOf(id)} has the files of ${argv.wanted}\n`)
  },
}

const addUserCommand: CommandModule<object, TenantArguments & { readonly email: string }> = {
  command: 'add-user <email>',
  describe: 'Give the tenant another user',
  builder: (yargs) => yargs.positional('email', { type: 'string', demandOption: true, describe: "The user's address" }),
  handler: async (argv) => {
    const home = homeOf(argv)
    await ensureTenant(home)
    const { email } = await addUser(home.tenant, argv.email)
    process.stdout.write(`${email} is a user of the tenant\n`)
  },
}

const clients: CommandModule<object, TenantArguments> = {
  command: 'clients',
  describe: 'What clients have told of themselves: tunnel up, tunnel down ...',
  builder: (yargs) => yargs.option('json', JSON_OPTION),
  handler: async (argv) => {
    const told = await toldStatuses(join(homeOf(argv).tenant, 'clientstatus.jsonl'))
    print(argv.json === true, told, () =>
      table([
        ['TIME', 'USER', 'EVENT', 'HOST', 'DEVICE'],
        ...told.map(({ time, user, event, host_info, device_classification_status }) => [
          time,
          user,
          event,
          String(host_info?.['hostname'] ?? '-'),
          String(device_classification_status ?? '-'),
        ]),
      ]),
    )
  },
}

async function toldStatuses(path: string): Promise<readonly ToldStatus[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw new SteerError('tenant-unreadable', `${path} cannot be read (${error.code})`, { cause: error })
  })
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ToldStatus)
}

export const tenantCommand: CommandModule = {
  command: 'tenant',
  describe: "The tenant's side: versions, users, what clients told",
  builder: (yargs): Argv =>
    [show, versions, rollback, addUserCommand, clients]
      // biome-ignore lint/suspicious/noExplicitAny: each command has arguments of its own
      .reduce((added, command) => added.command(command as CommandModule<any, any>), yargs)
      .example('$0 config edit add-exception --tenant example.com', "Edit the tenant's files; agents download them")
      .example('$0 tenant clients', 'Who is up'),
  handler: () => {},
}
