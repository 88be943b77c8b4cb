/** The document of the control channel, protocol.md, held to what the code does. */

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { MOST_PASSWORD_CHARACTERS } from '../../../agent/config/master-password.js'
import { CONTROL_METHODS, MAX_REQUEST_BYTES, readRequest } from '../../../agent/control/protocol.js'
import { CAPTURE_BYTES, CAPTURE_FILES, LOG_MEGABYTES, SNAP_LENGTH } from '../../../agent/control/requests.js'
import { SPEED_TEST } from '../../../agent/tunnel/speed-test-bytes.js'

const ROOT = resolve(import.meta.dirname, '..', '..', '..', '..')
const document = readFileSync(join(ROOT, 'agent', 'control', 'protocol.md'), 'utf8')

void t.test('every method stands in the document, and no other', async (t) => {
  const told = new Set([...document.matchAll(/^\| `([\w-]+)`/gm)].map(([, method]) => method))
  t.strictSame([...told].sort(), [...CONTROL_METHODS].sort())
})

void t.test('every limit stands there as it is', async (t) => {
  const inWords = (value: number) => value.toLocaleString('en-US')
  const range = ({ least, most }: { least: number; most: number }) => `${inWords(least)} to ${inWords(most)}`
  for (const words of [
    `${inWords(MAX_REQUEST_BYTES)} bytes at most`,
    `${LOG_MEGABYTES.least} to ${LOG_MEGABYTES.most}`,
    range(SNAP_LENGTH),
    range(CAPTURE_BYTES),
    range(CAPTURE_FILES),
    `1 to ${inWords(SPEED_TEST.mostBytes)}`,
    `up to ${MOST_PASSWORD_CHARACTERS} characters`,
    '0600',
  ])
    t.ok(document.includes(words), words)
})

void t.test('its examples are requests', async (t) => {
  const examples = [...document.matchAll(/\{"method".*?\}(?=\n|\\n)/g)].map(([text]) => text)
  t.equal(examples.length, 2)
  for (const example of examples) t.ok(readRequest(example), example)
})
