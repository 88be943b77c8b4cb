/** Certificates for services whose names no tenant's certificate has, made by openssl. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from './run-program.js'

/** Server key and certificate, PEM. */
export interface SelfSigned {
  readonly key: string
  readonly cert: string
  /** File of the certificate, for a client to trust. */
  readonly caFile: string
}

/** A certificate for `name`, in files below `directory`. */
export async function selfSigned(directory: string, name: string): Promise<SelfSigned> {
  const keyFile = join(directory, `${name}.key`)
  const caFile = join(directory, `${name}.pem`)
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  const made = await runProgram('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', keyFile, '-out', caFile])
  if (made.code !== 0) throw new Error(made.stderr)
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(caFile, 'utf8'), caFile }
}
