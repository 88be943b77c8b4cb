/** `openssl verify` as the judge of certificate chains and revocation lists. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from './run-program.js'

/** PEM texts from the trusted root to the certificate that is judged. */
export interface Chain {
  readonly root: string
  readonly between?: string
  readonly leaf: string
}

/** What `openssl verify -x509_strict` says: `ok`, or its error text. */
export async function opensslVerify(chain: Chain, ...options: string[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'steerlab-test-'))
  const file = async (name: string, pem: string) => {
    const path = join(directory, name)
    await writeFile(path, pem)
    return path
  }
  try {
    const trusted = ['-no-CApath', '-no-CAstore', '-CAfile', await file('root.pem', chain.root)]
    const untrusted = chain.between === undefined ? [] : ['-untrusted', await file('between.pem', chain.between)]
    const leaf = await file('leaf.pem', chain.leaf)
    const result = await runProgram('openssl', ['verify', '-x509_strict', ...options, ...trusted, ...untrusted, leaf])
    return result.code === 0 ? 'ok' : result.stdout + result.stderr
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** A revocation list, DER, as the PEM that openssl and node:tls take. */
export function crlPem(der: Buffer): string {
  return `-----BEGIN X509 CRL-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END X509 CRL-----\n`
}
