// Pure: `steerlab-hello` 1.0.0, the one package that the lab's hosts offer, as pip and as npm have it: the pages of an index
// and the package itself, made in memory.

import { createHash } from 'node:crypto'
import { gzippedTar } from './gzipped-tar.js'
import { storedZip } from './stored-zip.js'

const NAME = 'steerlab-hello'
const VERSION = '1.0.0'
const SUMMARY = 'A package of the steerlab lab, made in memory'

/** Something that is served. */
export interface PackageFile {
  readonly type: string
  readonly content: Buffer
}

const WHEEL = `steerlab_hello-${VERSION}-py3-none-any.whl`
const TARBALL = `${NAME}-${VERSION}.tgz`

/** What an index offers, by path; `origin`, such as `https://box.com`, is where it was asked: npm wants whole URLs. */
export function packageFile(path: string, origin: string): PackageFile | undefined {
  switch (path) {
    // PEP 503
    case `/simple/${NAME}/`:
      return { type: 'text/html; charset=utf-8', content: SIMPLE_PAGE }
    case `/simple/${NAME}/${WHEEL}`:
      return { type: 'application/octet-stream', content: WHEEL_CONTENT }
    case `/npm/${NAME}`:
      return { type: 'application/json', content: Buffer.from(JSON.stringify(packument(origin))) }
    case `/npm/${NAME}/-/${TARBALL}`:
      return { type: 'application/octet-stream', content: TARBALL_CONTENT }
    default:
      return undefined
  }
}

const WHEEL_CONTENT = wheel()

const SIMPLE_PAGE = Buffer.from(
  `<!doctype html>\n<title>${NAME}</title>\n<a href="${WHEEL}#sha256=${createHash('sha256').update(WHEEL_CONTENT).digest('hex')}">${WHEEL}</a>\n`,
)

const MANIFEST = { name: NAME, version: VERSION, description: SUMMARY, main: 'index.js' }

const TARBALL_CONTENT = gzippedTar({
  'package/package.json': JSON.stringify(MANIFEST),
  'package/index.js': "module.exports = 'Hello from the lab.'\n",
})

/** PEP 427. */
function wheel(): Buffer {
  const info = `steerlab_hello-${VERSION}.dist-info`
  const files = {
    'steerlab_hello.py': "HELLO = 'Hello from the lab.'\n",
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${NAME}\nVersion: ${VERSION}\nSummary: ${SUMMARY}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: steerlab\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  }
  const record = `${info}/RECORD`
  return storedZip({ ...files, [record]: [...Object.keys(files), record].map((path) => `${path},,\n`).join('') })
}

function packument(origin: string): object {
  const integrity = `sha512-${createHash('sha512').update(TARBALL_CONTENT).digest('base64')}`
  const dist = { tarball: `${origin}/npm/${NAME}/-/${TARBALL}`, integrity }
  return { name: NAME, 'dist-tags': { latest: VERSION }, versions: { [VERSION]: { ...MANIFEST, dist } } }
}
