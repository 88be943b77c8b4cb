/**
 * A program that runs where the demo's programs run and drives a browser there: `visit-pages.js TASK`, the task as JSON.
 * Prints as JSON what each page was. playwright-core is there wherever the demo was built.
 */

import { chromium, type Page } from 'playwright-core'

/** What is to be visited, by which browser. */
export interface VisitTask {
  readonly executablePath: string
  /** Directory of the browser's profile. */
  readonly profile: string
  /** Whether Chromium's sandbox can be used. */
  readonly sandbox: boolean
  /** The proxy to go through, as a URL; with one, errors about certificates are passed over. */
  readonly proxy: string | undefined
  readonly visits: readonly Visit[]
}

/** One page. */
export interface Visit {
  readonly url: string
  /** The file of its picture; without one there is none. */
  readonly picture?: string
}

/** What a page was. */
export interface Visited {
  readonly url: string
  readonly status: number
  readonly title: string
  /** Common name of the issuer of the certificate that was accepted. */
  readonly issuer: string
  /** What became of the lab page's probes, such as `ws`: `ok: echoed hello`. */
  readonly probes: Readonly<Record<string, string>>
}

/** The size of the pictures, pixels. */
const VIEWPORT = { width: 1000, height: 680 }

async function visit(page: Page, { url, picture }: Visit): Promise<Visited> {
  const answer = await page.goto(url)
  const probes: Record<string, string> = {}
  await page.locator('[data-state=waiting]').first().waitFor({ state: 'detached' })
  for (const probe of await page.locator('[data-state]').all())
    probes[(await probe.getAttribute('id')) ?? ''] =
      `${await probe.getAttribute('data-state')}: ${await probe.textContent()}`
  if (picture !== undefined) await page.screenshot({ path: picture })
  const issuer = (await answer?.securityDetails())?.issuer ?? ''
  return { url, status: answer?.status() ?? 0, title: await page.title(), issuer, probes }
}

async function visitAll({ executablePath, profile, sandbox, proxy, visits }: VisitTask): Promise<readonly Visited[]> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    chromiumSandbox: sandbox,
    args: ['--disable-background-networking'],
    viewport: VIEWPORT,
    ...(proxy === undefined ? {} : { proxy: { server: proxy }, ignoreHTTPSErrors: true }),
  })
  try {
    const page = await context.newPage()
    const visited: Visited[] = []
    for (const each of visits) visited.push(await visit(page, each))
    return visited
  } finally {
    await context.close()
  }
}

try {
  process.stdout.write(JSON.stringify(await visitAll(JSON.parse(process.argv[2] ?? '') as VisitTask)))
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}
