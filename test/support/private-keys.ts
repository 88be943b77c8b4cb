/** Private keys of a home, and where else they are: for tests of what gives secrets away. */

import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { TestHome } from './steerlab.js'

const PEM_KEY = /-----BEGIN (?:\w+ )?PRIVATE KEY-----[^-]+-----END (?:\w+ )?PRIVATE KEY-----/g

/** Something that is searched, by its name. */
export interface Found {
  readonly file: string
  readonly content: Buffer
}

/** Every regular file of the home. */
export function filesOf({ home }: TestHome): Found[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => ({ file: relative(home, path), content: readFileSync(path) }))
}

/** The private keys in them, as PEM. */
export function keysIn(files: readonly Found[]): ReadonlyArray<{ readonly file: string; readonly pem: string }> {
  return files.flatMap(({ file, content }) =>
    [...content.toString('latin1').matchAll(PEM_KEY)].map(([pem]) => ({ file, pem })),
  )
}

/** How a key can be written: its PEM body in one line and as it is wrapped, and the secret number in it as bytes and in hexadecimal. */
export function tracesOf(pem: string): readonly Buffer[] {
  const key = createPrivateKey(pem)
  const secret = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url')
  const open = createPublicKey(pem).export({ format: 'der', type: 'spki' })
  // The public number is part of the key, and every certificate has it.
  const lines = pem
    .split('\n')
    .filter((line) => line.length > 16 && !line.startsWith('-----') && !open.includes(Buffer.from(line, 'base64')))
  const body = key.export({ format: 'der', type: 'pkcs8' }).toString('base64')
  return [
    secret,
    ...[body, ...lines, secret.toString('base64'), secret.toString('hex')].map((text) => Buffer.from(text)),
  ]
}

/** Which of them hold one of these traces. */
export function holders(found: readonly Found[], traces: readonly Buffer[]): string[] {
  return found.filter(({ content }) => traces.some((trace) => content.includes(trace))).map(({ file }) => file)
}
