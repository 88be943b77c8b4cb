/**
 * The certificates of a home as members. A file's certificates are written anew and nothing else of it, so that no key
 * can go along; a file with a private key is left out as a whole, that somebody may wonder why it is there.
 */

import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readPkcs12Certificates } from '../../../certs/read-pkcs12.js'
import { readFromDisk } from '../../config/load.js'
import { namesIn } from './directory-names.js'
import { type Found, foundTogether, textMember, whyNot } from './member.js'

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

const USER_CERTIFICATE = 'nsusercert.p12'

/** Where certificates are. */
export interface CertificatePlaces {
  /** The client's directory of certificates. */
  readonly directory: string
  /** Single files beside it. */
  readonly files: readonly string[]
  /** Of the user's PKCS#12 file. */
  readonly passphrase: string
}

/** The PEM files of the places, and the user's certificate without its key. Never rejects. */
export async function certificateMembers({ directory, files, passphrase }: CertificatePlaces): Promise<Found> {
  const { names, leftOut } = namesIn(directory)
  const pems = names.filter((name) => name.endsWith('.pem')).map((name) => join(directory, name))
  const found = [...pems, ...files].map((path) => from(path, async () => certificatesOf(await readFromDisk(path))))
  if (names.includes(USER_CERTIFICATE)) {
    const path = join(directory, USER_CERTIFICATE)
    found.push(from(path, async () => readPkcs12Certificates(await readFile(path), passphrase)))
  }
  return foundTogether([{ members: [], leftOut }, ...(await Promise.all(found))])
}

/** The certificates of one file, or why there are none. */
async function from(path: string, read: () => Promise<readonly string[] | string>): Promise<Found> {
  try {
    const certificates = await read()
    if (typeof certificates === 'string') return without(path, certificates)
    const redactions = path.endsWith('.p12') ? ['the private key'] : []
    const name = basename(path).replace(/\.p12$/, '.pem')
    return { members: [textMember(name, path, certificates.join(''), redactions)], leftOut: [] }
  } catch (error) {
    return without(path, whyNot(error))
  }
}

function without(path: string, why: string): Found {
  return { members: [], leftOut: [{ what: path, why }] }
}

/** The certificates of a PEM text, each in PEM; or half a sentence why it gives none. */
function certificatesOf(text: string): readonly string[] | string {
  if (/PRIVATE KEY/.test(text)) return 'it holds a private key'
  const certificates = text.match(PEM_CERTIFICATE) ?? []
  if (certificates.length === 0) return 'it holds no certificate'
  return certificates.map((pem) => new X509Certificate(pem).toString())
}
