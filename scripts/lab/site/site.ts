/**
 * The site that every host of the lab serves: which page answers which path.
 */

import { HELLO_REPOSITORY } from '../git-repository.js'
import { bytesPage } from './bytes.js'
import { homePage } from './home-page.js'
import { isNotskope, notskopePage } from './not-steered.js'
import { isPackagePath, packageIndexPage } from './package-index.js'
import { eventsPage, slowPage } from './slow.js'
import { countPage, echoPage } from './upload.js'
import { answerJson, type Page, type Visit } from './visit.js'
import { whoAmIPage } from './whoami.js'

const REPOSITORY_PATH = '/steerlab/hello.git/'

const PAGES: Readonly<Record<string, Page>> = {
  '/': homePage,
  '/whoami': whoAmIPage,
  '/slow': slowPage,
  '/sse': eventsPage,
  '/count': countPage,
  '/favicon.ico': ({ response }) => response.writeHead(204).end(),
}

/** Answers a visit with the page of its path, or 404. */
export function serveSite(visit: Visit): void {
  // A client that goes away while an answer is written is an everyday end, seen by the pages as 'close'.
  visit.request.on('error', () => {})
  visit.response.on('error', () => {})
  const page = pageOf(visit)
  if (page !== undefined) page(visit)
  else answerJson(visit, 404, { error: 'no such page in the lab', path: visit.path })
}

function pageOf(visit: Visit): Page | undefined {
  const { path } = visit
  if (isNotskope(visit)) return notskopePage
  if (Object.hasOwn(PAGES, path)) return PAGES[path]
  if (path === '/echo' || path.startsWith('/echo/')) return echoPage
  if (path.startsWith('/bytes/')) return bytesPage
  if (path.startsWith(REPOSITORY_PATH)) return repositoryPage
  if (isPackagePath(path)) return packageIndexPage
  return undefined
}

function repositoryPage(visit: Visit): void {
  const file = HELLO_REPOSITORY.get(visit.path.slice(REPOSITORY_PATH.length))
  if (file === undefined) {
    answerJson(visit, 404, { error: 'no such file in this repository', path: visit.path })
    return
  }
  // git takes any type but its own "smart" ones as the dumb protocol.
  visit.response.writeHead(200, { 'content-type': 'text/plain', 'content-length': file.length })
  visit.response.end(file)
}
