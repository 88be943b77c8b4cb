/** What takes its time: `/slow` answers late, `/sse` sends events one by one (WHATWG HTML, server-sent events). */

import { answerJson, type Visit, wholeNumber } from './visit.js'
import { whoAmI } from './whoami.js'

const MOST_DELAY_MS = 60_000
const MOST_EVENTS = 10_000

/** `/slow?ms=N`: the answer of `/whoami` after N milliseconds, at most a minute; default 1000. */
export function slowPage(visit: Visit): void {
  const delay = wholeNumber(visit, 'ms', 1000, MOST_DELAY_MS)
  const timer = setTimeout(() => answerJson(visit, 200, whoAmI(visit)), delay)
  visit.response.once('close', () => clearTimeout(timer))
}

/** `/sse?count=N&ms=M`: N events, M milliseconds apart, the first at once; default 5, 200 ms apart. Then it ends. */
export function eventsPage(visit: Visit): void {
  const { response } = visit
  const count = wholeNumber(visit, 'count', 5, MOST_EVENTS)
  const gap = wholeNumber(visit, 'ms', 200, MOST_DELAY_MS)
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  let sent = 0
  let timer: NodeJS.Timeout | undefined
  const next = () => {
    if (sent === count) {
      response.end()
      return
    }
    sent++
    response.write(`id: ${sent}\ndata: event ${sent} of ${count}\n\n`)
    timer = setTimeout(next, gap)
  }
  response.once('close', () => clearTimeout(timer))
  next()
}
