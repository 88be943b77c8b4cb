/**
 * The chapters of the demo: in each a real program does something, and what agent, gateway, origin and program have to say
 * of it is collected.
 */

import { NOTSKOPE_HOST } from '../../gateway/inspect/pages/notskope-page.js'
import type { Transaction } from '../../gateway/inspect/transaction.js'
import { askAgent } from '../commands/common.js'
import type { TrustMode } from '../process/trust/prepare-trust.js'
import { browsing } from './browser-chapter.js'
import {
  collect,
  collectPops,
  type Evidence,
  lastFlow,
  must,
  transactionOf,
  type Whoami,
  whoSigned,
} from './evidence.js'
import { fetchUrl, listBranches, type Said } from './programs.js'
import type { Scene } from './scene.js'
import { type Story, tellBasicFlow, tellFlow, tellPopSelection } from './story.js'

/** One chapter. */
export interface Chapter {
  readonly title: string
  /** Makes it happen, and tells it. Throws SteerError `demo-failed` where evidence is missing. */
  play(scene: Scene): Promise<Story>
}

/** All of them, in their order. */
export const CHAPTERS: readonly Chapter[] = [
  { title: 'POP selection', play: popSelection },
  { title: 'Steered and decrypted: box.com', play: steered },
  { title: "The same without trust in the tenant's authority: box.com", play: untrusting },
  { title: 'Blocked by policy: an upload to upload.box.com', play: blocked },
  { title: 'Bypassed by an exception: zoom.us', play: excepted },
  { title: 'Bypassed as a certificate-pinned app: git to github.com', play: pinned },
  { title: 'A browser', play: browsing },
  { title: 'Am I steered? notskope.com', play: askedSteered },
  { title: 'Am I steered with the client switched off? notskope.com', play: askedSwitchedOff },
]

/** What a program said, and what agent and gateway know of its flow. */
interface Fetched {
  readonly said: Said
  readonly evidence: Evidence
  readonly transaction: Transaction
}

/** How the agent found its POP. */
async function popSelection(scene: Scene): Promise<Story> {
  return tellPopSelection(await collectPops(scene))
}

/** The basic traffic flow, decrypted at the gateway. */
async function steered(scene: Scene): Promise<Story> {
  const { said, evidence, transaction } = await fetchSteered(scene, 'env', 'https://box.com/whoami')
  const whoami = JSON.parse(said.output) as Whoami
  const signed = whoSigned(scene, said.issuer, 'tenant')
  return tellBasicFlow(evidence, { whoami, signed, transaction }, scene.status())
}

/** The same request by a program that nobody has told of the tenant's authority. */
async function untrusting(scene: Scene): Promise<Story> {
  const { said, evidence, transaction } = await fetchSteered(scene, 'none', 'https://box.com/whoami')
  must(said.code !== 0 && transaction.clientAlert, 'program that turns the certificate down')
  const complaint = must(said.complaint, `complaint of ${said.program}`)
  return tellFlow(
    evidence,
    [complaint, 'told of the authority (`steerlab run --trust env`, or `store`) the same program got its answer'],
    transaction,
  )
}

/** An upload that the policy does not let through. */
async function blocked(scene: Scene): Promise<Story> {
  const url = 'https://upload.box.com/echo'
  const { said, evidence, transaction } = await fetchSteered(scene, 'env', url, 'figures of the quarter')
  must(said.output.includes(transaction.id) && transaction.action === 'block', 'block page of the transaction')
  return tellFlow(evidence, linesOf(said.output), transaction)
}

/** A host that is an exception. */
async function excepted(scene: Scene): Promise<Story> {
  const said = await fetchUrl(await scene.way('env'), scene.path, 'https://zoom.us/whoami')
  const { from } = JSON.parse(answerOf(said)) as Whoami
  return tellFlow(await collect(scene, await lastFlow(scene, 'zoom.us', said.program)), [
    `the origin saw ${from}: the agent's address, not the gateway's`,
    whoSigned(scene, said.issuer, 'origin'),
  ])
}

/** A program that pins certificates, and so is left alone. */
async function pinned(scene: Scene): Promise<Story> {
  const said = await listBranches(await scene.way('env'), 'https://github.com/steerlab/hello.git')
  return tellFlow(await collect(scene, await lastFlow(scene, 'github.com', said.program)), [
    `git ls-remote: ${answerOf(said).split('\n')[0]?.replace('\t', ' ')}`,
    whoSigned(scene, said.issuer, 'origin'),
  ])
}

/** The page that says whether one is steered: one is. */
async function askedSteered(scene: Scene): Promise<Story> {
  const { said, evidence, transaction } = await fetchSteered(scene, 'env', `https://${NOTSKOPE_HOST}/`)
  must(said.output.startsWith('You are steered'), `page of ${NOTSKOPE_HOST} that says so`)
  return tellFlow(evidence, [...linesOf(said.output), whoSigned(scene, said.issuer, 'tenant')], transaction)
}

/** The same with the client switched off, as its user may. It stays off. */
async function askedSwitchedOff(scene: Scene): Promise<Story> {
  await askAgent(scene.home, 'disable')
  const said = await fetchUrl(await scene.way('env'), scene.path, `https://${NOTSKOPE_HOST}/`)
  must(answerOf(said).startsWith('You are not steered'), `page of ${NOTSKOPE_HOST} that says so`)
  // Of the flow itself there is no line: no public log has one.
  const evidence = await collect(scene, await lastFlow(scene, NOTSKOPE_HOST, said.program), ['DISCONNECTED_BYUSER'])
  return tellFlow(evidence, [...linesOf(said.output), whoSigned(scene, said.issuer, 'origin')])
}

/** Has a program fetch what is steered. Only one that does not trust may come back without an answer. */
async function fetchSteered(scene: Scene, trust: TrustMode, url: string, data?: string): Promise<Fetched> {
  const said = await fetchUrl(await scene.way(trust), scene.path, url, data)
  if (trust !== 'none') answerOf(said)
  const flow = await lastFlow(scene, new URL(url).hostname, said.program)
  return { said, evidence: await collect(scene, flow), transaction: await transactionOf(scene, flow) }
}

/** What a program got; one that failed ends the demo. */
function answerOf({ code, output, program, complaint }: Said): string {
  must(code === 0, `answer for ${program} (${complaint})`)
  return output
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '')
}
