/** `/simple/` and `/npm/`: package indexes for pip and npm with one package, `steerlab-hello`. */

import { packageFile } from '../packages/hello-packages.js'
import { answerJson, type Visit } from './visit.js'
import { whoAmI } from './whoami.js'

/** Whether a path is of an index. */
export function isPackagePath(path: string): boolean {
  return path.startsWith('/simple/') || path.startsWith('/npm/')
}

/** The index's pages, the package itself, or 404. */
export function packageIndexPage(visit: Visit): void {
  const { request, response, path } = visit
  const authority = request.headers[':authority'] ?? request.headers.host ?? ''
  const scheme = whoAmI(visit).tlsVersion === null ? 'http' : 'https'
  const file = packageFile(path, `${scheme}://${String(authority)}`)
  if (file === undefined) {
    answerJson(visit, 404, { error: 'no such package in the lab', path })
    return
  }
  response.writeHead(200, { 'content-type': file.type, 'content-length': file.content.length })
  response.end(request.method === 'HEAD' ? undefined : file.content)
}
