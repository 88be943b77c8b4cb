/** The browser of the demo: pages as a person sees them, and whose certificate the browser accepted for each. */

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBrowser } from '../process/browser.js'
import { must } from './evidence.js'
import type { Scene } from './scene.js'
import type { Visit, Visited, VisitTask } from './visit-pages.js'

/** Visits pages one after the other; undefined where there is no browser. */
export async function visitPages(scene: Scene, visits: readonly Visit[]): Promise<readonly Visited[] | undefined> {
  let executablePath: string
  try {
    executablePath = findBrowser(scene.path)
  } catch {
    return undefined
  }
  const way = await scene.way('store')
  const profile = join(scene.home.run, 'browser-demo')
  const task: VisitTask = {
    executablePath,
    profile,
    // Where namespaces are not allowed there are none for Chromium's sandbox either; the pages are our own.
    sandbox: process.getuid?.() !== 0 && way.proxy === undefined,
    // The browser's own policy trusts the lab when captured; through the proxy there is no place for one.
    proxy: way.proxy?.http,
    visits,
  }
  const script = fileURLToPath(new URL('./visit-pages.js', import.meta.url))
  const ended = await way.run([process.execPath, script, JSON.stringify(task)])
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  must(ended.code === 0, `pages in the browser (${ended.errors.trim().split('\n')[0]})`)
  return JSON.parse(ended.output) as readonly Visited[]
}
