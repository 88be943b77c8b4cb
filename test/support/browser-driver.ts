/**
 * A program that runs inside the captured namespace and drives a browser there: `node browser-driver.js BROWSER PROFILE`.
 * Prints as JSON what the lab's page saw over IPv6 and IPv4, and how a download of 1 GiB went.
 */

import type { Page } from 'playwright-core'
import { visit, withPage } from './browser-pages.js'

const [browser = '', profile = ''] = process.argv.slice(2)
const PAGE = 'https://box.com/'
const GIBIBYTE = 1_073_741_824

/** Counts a download in the page, so that no more than a chunk of it is ever kept. */
function download(page: Page, url: string): Promise<number> {
  return page.evaluate(async (url) => {
    const reader = (await fetch(url)).body?.getReader()
    let bytes = 0
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) bytes += part.value.length
    return bytes
  }, url)
}

const free = await withPage(browser, `${profile}/free`, [], async (page) => ({
  page: (await visit(page, PAGE)).probes,
  online: await page.evaluate(() => navigator.onLine),
  bytes: await download(page, `/bytes/${GIBIBYTE}`),
}))
const onlyIpv4 = ['--host-resolver-rules=MAP box.com 74.112.186.144']
const ipv4 = await withPage(browser, `${profile}/ipv4`, onlyIpv4, async (page) => (await visit(page, PAGE)).probes)
process.stdout.write(JSON.stringify({ ...free, ipv4 }))
