/**
 * The master password that a client may ask for before it is disabled (`nsdiag -t disable`). steerlab.json holds its scrypt
 * hash and nothing else (key `masterPassword`; the real client's key and form are not public). Who may write that file may
 * take it out again: it is a part of the play, and keeps nobody out of his own home.
 */

import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { SteerError } from '../errors.js'

/** As OWASP has it for scrypt with 32 MiB; `maxmem` must be more than the 128 * N * r bytes it takes. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const satisfies ScryptOptions

const SALT_BYTES = 16
const KEY_BYTES = 32

/** Longest password, characters: with room to spare in one line of the control channel. */
export const MOST_PASSWORD_CHARACTERS = 256

/** The hash of a password with a salt of its own, as the PHC string format writes scrypt. */
export async function hashMasterPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return `$scrypt$ln=15,r=8,p=1$${unpadded(salt)}$${unpadded(await derived(password, salt))}`
}

/**
 * Lets pass who knows the password of a hash, or everybody where there is none. Throws SteerError `password-needed` when
 * none was given, and `wrong-password` with the real client's words.
 */
export async function checkMasterPassword(hash: string | undefined, password: string | undefined): Promise<void> {
  if (hash === undefined) return
  if (password === undefined)
    throw new SteerError('password-needed', 'the client is disabled with its master password only')
  if (!(await isMasterPassword(password, hash)))
    throw new SteerError('wrong-password', 'Incorrect Password, Client cannot be disabled')
}

/** Whether a password is the one of this hash; the time it takes says nothing about how nearly. */
export async function isMasterPassword(password: string, hash: string): Promise<boolean> {
  const [salt = '', key = ''] = hash.split('$').slice(3)
  const expected = Buffer.from(key, 'base64')
  const found = await derived(password, Buffer.from(salt, 'base64'))
  return expected.length === found.length && timingSafeEqual(expected, found)
}

function derived(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same characters in another composition are the same password.
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
