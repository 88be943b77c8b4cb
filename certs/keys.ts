/**
 * Key pairs. node:crypto makes them on its thread pool, so several are made in parallel and the event loop stays free;
 * node-forge would take about a second each, on the event loop.
 */

import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

/** RSA 2048 for authorities and users (node-forge writes PKCS#12 for RSA only), EC P-256 for servers (cheap handshakes). */
export type KeyKind = 'rsa-2048' | 'ec-p256'

/** A key pair in memory. */
export interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const generate = promisify(generateKeyPair)

/** Makes a key pair off the event loop: RSA 2048 with exponent 65537, or EC on P-256. */
export function generateKeys(kind: KeyKind): Promise<KeyPair> {
  return kind === 'rsa-2048' ? generate('rsa', { modulusLength: 2048 }) : generate('ec', { namedCurve: 'P-256' })
}

/** A private key as PKCS#8 PEM, unencrypted: write it with mode 0600 only. */
export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
