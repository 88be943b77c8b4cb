/** `steerlab ca show`: whose the tenant's authorities are, how long they are valid, and how to recognise them. */

import type { CommandModule } from 'yargs'
import type { Home } from '../process/home.js'
import { readTenantCertificate, type TenantRole } from '../process/trust/tenant-files.js'
import { homeOf, print } from './common.js'

interface ShowArguments {
  readonly home?: string | undefined
  readonly json: boolean
}

/** One of the authorities, as `--json` has it; times are ISO 8601, UTC. */
interface ShownAuthority {
  readonly role: TenantRole
  readonly subject: string
  readonly issuer: string
  readonly validFrom: string
  readonly validTo: string
  readonly sha256: string
  readonly file: string
}

function shown(home: Home, role: TenantRole): ShownAuthority {
  const { file, certificate } = readTenantCertificate(home, role)
  const { subject, issuer, validFrom, validTo, fingerprint256 } = certificate
  return {
    role,
    subject: subject.replaceAll('\n', ', '),
    issuer: issuer.replaceAll('\n', ', '),
    validFrom: new Date(validFrom).toISOString(),
    validTo: new Date(validTo).toISOString(),
    sha256: fingerprint256,
    file,
  }
}

function text({ role, subject, issuer, validFrom, validTo, sha256, file }: ShownAuthority): string {
  const valid = `${validFrom.slice(0, 10)} to ${validTo.slice(0, 10)}`
  const rows = { subject, issuer, valid, sha256, file }
  return [role, ...Object.entries(rows).map(([name, value]) => `  ${name.padEnd(8)} ${value}`), ''].join('\n')
}

export const caShowCommand: CommandModule<object, ShowArguments> = {
  command: 'show',
  describe: 'Subject, issuer, validity, SHA-256 fingerprint and file of root and intermediate',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 ca show', 'What a program that is steered and inspected is shown') as never,
  handler: async (argv) => {
    const home = homeOf(argv)
    const authorities = [shown(home, 'root'), shown(home, 'intermediate')]
    print(argv.json, authorities, () => authorities.map(text).join(''))
  },
}
