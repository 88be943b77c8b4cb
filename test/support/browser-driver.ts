/**
 * A program that runs inside the captured namespace and drives a browser there: `node browser-driver.js BROWSER PROFILE`.
 * Prints as JSON what the lab's page saw over IPv6 and IPv4, and how a download of 1 GiB went.
 */

import { chromium, type Page } from 'playwright-core'

const [executablePath = '', profile = ''] = process.argv.slice(2)
const PAGE = 'https://box.com/'
const GIBIBYTE = 1_073_741_824

/** The texts of the page's three probes once each is settled. */
async function visit(page: Page, url: string): Promise<Record<string, string>> {
  await page.goto(url)
  const found: Record<string, string> = {}
  for (const id of ['whoami', 'ws', 'sse']) {
    const settled = page.locator(`#${id}:not([data-state=waiting])`)
    found[id] = `${await settled.getAttribute('data-state')}: ${await settled.textContent()}`
  }
  return found
}

async function withPage<T>(name: string, args: readonly string[], body: (page: Page) => Promise<T>): Promise<T> {
  const context = await chromium.launchPersistentContext(`${profile}/${name}`, {
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-background-networking', ...args],
  })
  try {
    return await body(await context.newPage())
  } finally {
    await context.close()
  }
}

/** Counts a download in the page, so that no more than a chunk of it is ever kept. */
function download(page: Page, url: string): Promise<number> {
  return page.evaluate(async (url) => {
    const reader = (await fetch(url)).body?.getReader()
    let bytes = 0
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) bytes += part.value.length
    return bytes
  }, url)
}

const free = await withPage('free', [], async (page) => ({
  page: await visit(page, PAGE),
  online: await page.evaluate(() => navigator.onLine),
  bytes: await download(page, `/bytes/${GIBIBYTE}`),
}))
const ipv4 = await withPage('ipv4', ['--host-resolver-rules=MAP box.com 74.112.186.144'], (page) => visit(page, PAGE))
process.stdout.write(JSON.stringify({ ...free, ipv4 }))
