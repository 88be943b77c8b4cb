/** Pages of the lab in a real browser, driven from inside the captured namespace. */

import { chromium, type Page } from 'playwright-core'

/** What a visit to a page of the lab found. */
export interface PageSeen {
  readonly status: number
  /** As the browser calls it: `h2`, `http/1.1`. */
  readonly protocol: string
  /** Common name of the certificate's issuer; '' over plain HTTP. */
  readonly issuer: string
  /** State and text of the page's probes: whoami, ws, sse. */
  readonly probes: Readonly<Record<string, string>>
}

/** Runs `body` with a page of a browser of its own. A certificate that is not trusted lets every visit fail. */
export async function withPage<T>(
  executablePath: string,
  profile: string,
  args: readonly string[],
  body: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await chromium.launchPersistentContext(profile, {
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

/** Visits a page; the lab's own is waited for until each of its probes is settled. */
export async function visit(page: Page, url: string): Promise<PageSeen> {
  const answer = await page.goto(url)
  await page.locator('[data-state=waiting]').first().waitFor({ state: 'detached' })
  const probes: Record<string, string> = {}
  for (const probe of await page.locator('[data-state]').all())
    probes[(await probe.getAttribute('id')) ?? ''] =
      `${await probe.getAttribute('data-state')}: ${await probe.textContent()}`
  return {
    status: answer?.status() ?? 0,
    protocol: await page.evaluate(() => performance.getEntriesByType('navigation')[0]?.toJSON().nextHopProtocol),
    issuer: (await answer?.securityDetails())?.issuer ?? '',
    probes,
  }
}
