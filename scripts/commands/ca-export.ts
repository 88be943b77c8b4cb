/** `steerlab ca export`: the tenant's root as a file that programs take. Certificates only; no key leaves the home. */

import { writeFileSync } from 'node:fs'
import type { CommandModule } from 'yargs'
import { messageOf, userMistake } from '../../agent/errors.js'
import { writeTrustStore } from '../../certs/trust-store.js'
import { authoritiesOf } from '../process/trust/authority.js'
import { readTenantCertificate } from '../process/trust/tenant-files.js'
import { homeOf } from './common.js'

const FORMATS = ['pem', 'der', 'p12'] as const

interface ExportArguments {
  readonly home?: string | undefined
  readonly format: (typeof FORMATS)[number]
  readonly out?: string | undefined
  readonly chain: boolean
  readonly passphrase: string
}

function exported(argv: ExportArguments): string | Buffer {
  const home = homeOf(argv)
  const root = readTenantCertificate(home, 'root').certificate
  const certificates = argv.chain ? [root, readTenantCertificate(home, 'intermediate').certificate] : [root]
  const pem = certificates.join('')
  switch (argv.format) {
    case 'pem':
      return pem
    case 'der':
      return root.raw
    case 'p12':
      return writeTrustStore(authoritiesOf(pem, home.root), argv.passphrase)
  }
}

export const caExportCommand: CommandModule<object, ExportArguments> = {
  command: 'export',
  describe: "The tenant's root as PEM, DER or PKCS#12 trust store",
  builder: (yargs) =>
    yargs
      .option('format', { choices: FORMATS, default: 'pem', describe: 'p12 is a trust store, as Java takes it' })
      .option('out', { type: 'string', requiresArg: true, describe: 'Write to this file, not to standard output' })
      .option('chain', { type: 'boolean', default: false, describe: 'The intermediate too (pem, p12)' })
      .option('passphrase', { type: 'string', requiresArg: true, default: 'changeit', describe: 'Of the p12' })
      .example('$0 ca export --out tenant.pem', 'For most programs')
      .example('$0 ca export --format der --out tenant.cer', 'For Windows')
      .example('$0 ca export --format p12 --out tenant.p12', 'For -Djavax.net.ssl.trustStore=tenant.p12') as never,
  handler: async (argv) => {
    const { format, out, chain } = argv
    if (format === 'der' && chain)
      throw userMistake('bad-option', '--format der holds one certificate; --chain goes with pem and p12')
    if (format !== 'pem' && out === undefined && process.stdout.isTTY)
      throw userMistake('binary-to-terminal', `${format} is no text for a terminal; use --out FILE or a pipe`)
    const content = exported(argv)
    if (out === undefined) return void process.stdout.write(content)
    try {
      writeFileSync(out, content)
    } catch (error) {
      throw userMistake('export-unwritable', `cannot write to ${out}: ${messageOf(error)}`, error)
    }
  },
}
