/**
 * Words that must not be where they do not belong: requests that carry them in every place, and a search for them in every
 * spelling. Steered requests and bypassed ones have words of their own.
 */

import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestHome } from './steerlab.js'

/** A host that is steered. */
const STEERED_HOST = 'www.figma.com'

/** A host that an exception bypasses. */
const BYPASSED_HOST = 'zoom.us'

/** What steered requests have in their host name, path, header and body. */
export const STEERED_WORDS = ['figma', 'nightjar-path', 'nightjar-header', 'nightjar-body'] as const

/** The same of bypassed requests in plain HTTP. */
export const BYPASSED_WORDS = [BYPASSED_HOST, 'kestrel-path', 'kestrel-header', 'kestrel-body'] as const

/** What TLS hides of bypassed ones. */
export const HIDDEN_WORDS = ['plover-path', 'plover-header', 'plover-body'] as const

/** Bytes of a body and of its echo: some packets each. */
const BODY_BYTES = 60_000

/** Bytes as a hash. */
export interface Digest {
  readonly bytes: number
  readonly sha256: string
}

/**
 * Steered requests by HTTP, and by HTTPS over HTTP/1.1 and HTTP/2; bypassed ones by HTTPS and by plain HTTP. Gives what curl
 * sent and received of the last one, byte by byte. Throws where one fails.
 */
export async function sendCanaries(home: TestHome): Promise<{ readonly client: Digest; readonly server: Digest }> {
  const lines = [
    requestLine(home, 'nightjar', `http://${STEERED_HOST}`),
    requestLine(home, 'nightjar', `https://${STEERED_HOST}`, '--http1.1'),
    requestLine(home, 'nightjar', `https://${STEERED_HOST}`, '--http2'),
    requestLine(home, 'plover', `https://${BYPASSED_HOST}`),
  ]
  const last = requestLine(home, 'kestrel', `http://${BYPASSED_HOST}`, '-v --raw --include')
  const command = [...lines.map((line) => `${line} -o /dev/null`), last].join(' && ')
  const { code, stdout, stderr } = await home.run(['sh', '-c', command])
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr}`)
  const head = [...stderr.matchAll(/^> (.*)\r?\n/gm)].map(([, text = '']) => `${text.trimEnd()}\r\n`).join('')
  return { client: digestOf(head + bodyOf('kestrel')), server: digestOf(stdout) }
}

/** A command line that sends a request with the bird's words, and takes its echo. */
function requestLine({ home }: TestHome, bird: string, url: string, flags = ''): string {
  const file = join(home, `${bird}.txt`)
  writeFileSync(file, bodyOf(bird))
  const body = `-H 'X-Word: ${bird}-header' --data-binary @${file}`
  return `curl -4 -sS --fail ${flags} ${body} '${url}/echo/${bird}-path'`
}

function bodyOf(bird: string): string {
  const word = `${bird}-body `
  return word.repeat(Math.ceil(BODY_BYTES / word.length))
}

function digestOf(latin1: string): Digest {
  const bytes = Buffer.from(latin1, 'latin1')
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Those of the words that are in some bytes, in whatever case, in hexadecimal, in Base64 or in UTF-16. */
export function wordsIn(content: Buffer, words: readonly string[]): string[] {
  const text = content.toString('latin1')
  const lower = text.toLowerCase()
  return words.filter((word) => {
    const bytes = Buffer.from(word)
    const wide = Buffer.from(word, 'utf16le').toString('latin1')
    return (
      [word, wide, bytes.toString('hex')].some((spelling) => lower.includes(spelling.toLowerCase())) ||
      base64Of(bytes).some((spelling) => text.includes(spelling))
    )
  })
}

/** The characters of its Base64 that do not depend on what is before and behind it, at each of the three places. */
function base64Of(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const isCut = (before + bytes.length) % 3 !== 0
    return all.slice(Math.ceil((before * 4) / 3), isCut ? -1 : undefined)
  })
}
