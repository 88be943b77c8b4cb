/** The chapter of the demo in which a browser visits four pages: steered, bypassed, blocked, and the one that says so. */

import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { NOTSKOPE_HOST } from '../../gateway/inspect/pages/notskope-page.js'
import { BROWSERS } from '../process/browser.js'
import type { Home } from '../process/home.js'
import { visitPages } from './browser.js'
import { collect, flowOf, lastFlow, must, transactionThat, whoSigned } from './evidence.js'
import type { Scene } from './scene.js'
import { type Step, type Story, transactionWords, verdictWords } from './story.js'
import type { Visit, Visited } from './visit-pages.js'

/** A page, and what is to be seen of it. */
interface Stop {
  readonly title: string
  readonly host: string
  readonly status: number
  readonly signer: 'tenant' | 'origin'
  /** File name of its picture. */
  readonly picture?: string
}

const NO_BROWSER = 'No Chromium or Chrome is installed, so there is no screenshot (Debian: apt-get install chromium).'

const STOPS: readonly Stop[] = [
  { title: 'A steered page', host: 'box.com', status: 200, signer: 'tenant', picture: 'box.com.png' },
  { title: 'A bypassed page', host: 'zoom.us', status: 200, signer: 'origin' },
  { title: 'A blocked page', host: 'chatgpt.com', status: 403, signer: 'tenant', picture: 'block-page.png' },
  { title: 'Am I steered?', host: NOTSKOPE_HOST, status: 200, signer: 'tenant', picture: 'notskope.com.png' },
]

/** Where the pictures are that this demo has made. */
export function picturesIn({ root }: Home): readonly string[] {
  return STOPS.flatMap(({ picture = [] }) => picture)
    .map((name) => join(root, name))
    .filter((file) => existsSync(file))
}

/** The chapter. */
export async function browsing(scene: Scene): Promise<Story> {
  for (const picture of picturesIn(scene.home)) rmSync(picture)
  const visits = STOPS.map(({ host, picture }): Visit => {
    return { url: `https://${host}/`, ...(picture === undefined ? {} : { picture: join(scene.home.root, picture) }) }
  })
  const visited = await visitPages(scene, visits)
  if (visited === undefined) return { steps: [{ title: NO_BROWSER, evidence: [] }] }
  const steps: Step[] = []
  for (const [index, stop] of STOPS.entries()) steps.push(await tellStop(scene, stop, must(visited[index], stop.title)))
  return { steps }
}

async function tellStop(scene: Scene, stop: Stop, { url, status, title, issuer, probes }: Visited): Promise<Step> {
  const { host, signer, picture } = stop
  must(status === stop.status, `status ${stop.status} of ${url}; it is ${status}`)
  for (const [probe, outcome] of Object.entries(probes))
    must(outcome.startsWith('ok: '), `${probe} of ${url}: ${outcome}`)
  const outcome = [`${url} is "${title}"${wordsOf(probes)}`, whoSigned(scene, issuer, signer)]
  if (picture !== undefined) outcome.push(`picture: ${join(scene.home.root, picture)}`)
  if (signer === 'origin') {
    const { flow, logLine } = await collect(scene, await lastFlow(scene, host, ...BROWSERS))
    return { title: stop.title, evidence: [verdictWords(flow), ...outcome, logLine] }
  }
  const transaction = await transactionThat(scene, url, (transaction) => {
    return transaction.url === url && BROWSERS.some((name) => name === transaction.process)
  })
  const { flow, logLine } = await collect(scene, await flowOf(scene, transaction))
  return { title: stop.title, evidence: [verdictWords(flow), ...transactionWords(transaction), ...outcome, logLine] }
}

function wordsOf({ ws, sse }: Visited['probes']): string {
  return ws === undefined || sse === undefined ? '' : `; WebSocket ${ws}; server-sent events ${sse}`
}
