/**
 * `http(s)://notskope.com/` in the lab. A gateway that inspects answers in the place of this host; whoever hears from the
 * host itself has come past it.
 */

import { NOTSKOPE_HOST, notSteeredPage } from '../../../gateway/inspect/pages/notskope-page.js'
import type { Visit } from './visit.js'
import { whoAmI } from './whoami.js'

/** Whether a visit is to that host. */
export function isNotskope({ host, path }: Visit): boolean {
  return host === NOTSKOPE_HOST && path === '/'
}

/** The page, in the form that the client prefers. */
export function notskopePage(visit: Visit): void {
  const { status, headers, body } = notSteeredPage(
    { sourceIp: whoAmI(visit).from, time: new Date().toISOString() },
    visit.request.headers.accept ?? '',
  )
  visit.response.writeHead(status, headers)
  visit.response.end(visit.request.method === 'HEAD' ? undefined : body)
}
