/**
 * A program that runs inside the captured namespace and drives a browser there, for pages that are inspected:
 * `node inspected-browser-driver.js BROWSER PROFILE BLOCKED-URL`. Prints an `InspectedPages` as JSON.
 */

import type { Page } from 'playwright-core'
import { type PageSeen, visit, withPage } from './browser-pages.js'

/** What the browser saw. */
export interface InspectedPages {
  /** The same page over both versions of HTTP, and how far apart its first and last event came, ms. */
  readonly h2: PageSeen & { readonly eventsMs: number }
  readonly http1: PageSeen & { readonly eventsMs: number }
  readonly bypassed: PageSeen
  readonly blocked: PageSeen & BlockedPage
  /** The heading of http(s)://notskope.com. */
  readonly notskope: { readonly http: string; readonly https: string }
}

/** What is on a block page. */
export interface BlockedPage {
  readonly title: string
  readonly url: string
  readonly facts: Readonly<Record<'message' | 'rule' | 'url', string>>
  /** Elements that the gateway has not put there, and dialogs. */
  readonly foreign: number
}

const [browser = '', profile = '', blockedUrl = ''] = process.argv.slice(2)

/** Three events 200 ms apart: a buffer on the way would hand them over together. */
function eventsMs(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const events = new EventSource('/sse?count=3&ms=200')
        const times: number[] = []
        events.onmessage = () => {
          times.push(performance.now())
          if (times.length < 3) return
          events.close()
          resolve(times[2]! - times[0]!)
        }
        events.onerror = () => reject(new Error('the events ended'))
      }),
  )
}

async function visitSteered(page: Page): Promise<InspectedPages['h2']> {
  return { ...(await visit(page, 'https://box.com/')), eventsMs: await eventsMs(page) }
}

async function visitBlocked(page: Page): Promise<InspectedPages['blocked']> {
  let dialogs = 0
  page.on('dialog', (dialog) => {
    dialogs += 1
    void dialog.dismiss()
  })
  const seen = await visit(page, blockedUrl)
  const text = async (selector: string) => (await page.locator(selector).textContent()) ?? ''
  const facts = { message: await text('main > p'), rule: await text('#rule'), url: await text('#url') }
  const foreign = dialogs + (await page.locator('script, img, svg, iframe, main a').count())
  return { ...seen, title: await page.title(), url: page.url(), facts, foreign }
}

async function heading(page: Page, url: string): Promise<string> {
  await page.goto(url)
  return (await page.locator('h1').textContent()) ?? ''
}

const free = await withPage(browser, `${profile}/free`, [], async (page) => ({
  h2: await visitSteered(page),
  bypassed: await visit(page, 'https://zoom.us/'),
  blocked: await visitBlocked(page),
  notskope: {
    http: await heading(page, 'http://notskope.com/'),
    https: await heading(page, 'https://notskope.com/'),
  },
}))
const http1 = await withPage(browser, `${profile}/http1`, ['--disable-http2'], visitSteered)
process.stdout.write(JSON.stringify({ ...free, http1 } satisfies InspectedPages))
