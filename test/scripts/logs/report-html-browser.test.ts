/** The page of a report in a real Chromium. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { Report } from '../../../agent/log/report/report.js'
import { reportHtml } from '../../../scripts/logs/report-html.js'
import { findBrowser } from '../../../scripts/process/browser.js'
import { HOSTILE_NAMES, hostileReport } from '../../support/hostile-report.js'
import { SEARCH_PATH } from '../../support/needs.js'
import { sampleReport } from '../../support/sample-report.js'

const executablePath = browserPath()
const skip = executablePath === undefined && 'no Chromium or Chrome is installed'
let browser: Browser | undefined
t.teardown(() => browser?.close())

/** Opens the page of a report; gives it with what was complained of and asked for, and checks both are nothing. */
async function withPage(t: Test, report: Report, body: (page: Page) => Promise<void>): Promise<void> {
  browser ??= await chromium.launch({ executablePath: executablePath!, chromiumSandbox: process.getuid?.() !== 0 })
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  const path = join(t.testdir(), 'report.html')
  writeFileSync(path, reportHtml(report))
  const complaints: string[] = []
  const requests: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => requests.push(request.url()))
  const url = pathToFileURL(path).href
  await page.goto(url)
  await body(page)
  t.strictSame(complaints, [], 'the console is silent')
  t.strictSame(requests, [url], 'nothing but the page is asked for')
  await page.close()
}

/** The texts of a column of the flow table. */
function column(page: Page, number: number): Promise<readonly string[]> {
  return page.locator(`#flows tbody td:nth-child(${number})`).allTextContents()
}

void t.test('flows are sorted by a click, and back by another', { skip }, (t) =>
  withPage(t, sampleReport(), async (page) => {
    const heading = page.locator('#flows th', { hasText: 'Flows' })
    const counts = async () => (await column(page, 4)).map((text) => Number(text.replaceAll(',', '')))
    const rows = sampleReport().flows.rows.map(({ count }) => count)
    t.strictSame(await counts(), rows, 'in the order of the report at first')
    t.equal(await heading.getAttribute('aria-sort'), 'none')
    await heading.getByRole('button').click()
    t.equal(await heading.getAttribute('aria-sort'), 'descending')
    t.strictSame(
      await counts(),
      rows.toSorted((a, b) => b - a),
    )
    await heading.getByRole('button').click()
    t.equal(await heading.getAttribute('aria-sort'), 'ascending')
    t.strictSame(
      await counts(),
      rows.toSorted((a, b) => a - b),
    )

    const host = page.locator('#flows th', { hasText: 'Host' })
    await host.getByRole('button').focus()
    await page.keyboard.press('Enter')
    t.equal(await host.getAttribute('aria-sort'), 'ascending', 'by the keyboard too')
    t.equal(await heading.getAttribute('aria-sort'), 'none')
    const hosts = await column(page, 2)
    const named = hosts.filter((name) => name !== '–')
    t.strictSame(named, named.toSorted())
    t.ok(hosts.indexOf('–') >= named.length, 'the empty ones come last')
  }),
)

void t.test('words are searched for, and long tables come in parts', { skip }, (t) => {
  const report = sampleReport()
  const [row] = report.flows.rows
  const rows = Array.from({ length: 450 }, (_, i) => ({ ...row!, host: `host${i}.example` }))
  return withPage(t, { ...report, flows: { ...report.flows, rows } }, async (page) => {
    const count = page.locator('#flows output')
    t.equal(await count.textContent(), '450 rows, the first 200 shown')
    t.equal((await column(page, 1)).length, 200)
    await page.locator('#flows .more button').click()
    await page.locator('#flows .more button').click()
    t.equal((await column(page, 1)).length, 450)
    t.notOk(await page.locator('#flows .more').isVisible())
    await page.locator('#flows input').fill('HOST44')
    t.strictSame(
      await column(page, 2),
      ['host44.example', ...Array.from({ length: 10 }, (_, i) => `host44${i}.example`)].slice(0, 11),
    )
    t.equal(await count.textContent(), '11 of 450 rows')
  })
})

void t.test('hostile names are shown as they are, and nothing of them runs', { skip }, (t) =>
  withPage(t, hostileReport(), async (page) => {
    t.equal(await page.evaluate('globalThis.pwned'), undefined)
    const shown = new Set([...(await column(page, 1)), ...(await column(page, 2))])
    for (const name of HOSTILE_NAMES.slice(0, -1)) t.ok(shown.has(name), name)
    await page.locator('#flows tbody tr').first().hover()
    await page.locator('#plot .marks g').first().hover()
    t.equal(await page.evaluate('globalThis.pwned'), undefined)
    t.equal(
      await page.evaluate('document.querySelectorAll("img, iframe, object, section script:not([type])").length'),
      0,
    )
  }),
)

void t.test('it fits a telephone: only tables and the plot scroll sideways', { skip }, (t) =>
  withPage(t, sampleReport(), async (page) => {
    await page.setViewportSize({ width: 390, height: 800 })
    t.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 390)
  }),
)

function browserPath(): string | undefined {
  try {
    return findBrowser(SEARCH_PATH)
  } catch {
    return undefined
  }
}
