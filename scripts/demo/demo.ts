/**
 * `npm run demo`: the founding document's "POP selection" and "Basic traffic flow" on this machine, step by step, each with
 * its evidence; then what inspection does to those who do not trust it, to uploads, to exceptions and certificate-pinned
 * apps, and in a browser. Everything shown was measured a moment ago: if a piece of evidence is missing, the demo fails.
 */

import { styleText } from 'node:util'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { homeDirectory, homePaths } from '../process/home.js'
import { startLabStack } from '../process/lab-stack.js'
import { makeHome } from '../process/make-home.js'
import { reportFault } from '../process/report-fault.js'
import type { Stack } from '../process/stack.js'
import { tenantFiles } from '../process/trust/tenant-files.js'
import { picturesIn } from './browser-chapter.js'
import { CHAPTERS } from './chapters.js'
import { must } from './evidence.js'
import { policyFile, writeDemoPolicy } from './policy.js'
import { beginningIn, type Scene, sceneOf } from './scene.js'
import type { Story } from './story.js'

const argv = await yargs(hideBin(process.argv))
  .scriptName('npm run demo --')
  .locale('en')
  .option('home', { type: 'string', describe: 'Home directory of the demo' })
  .strict()
  .parseAsync()

const home = homePaths(argv.home ?? `${homeDirectory(undefined, process.env)}-demo`)

/** The tunnel comes up in a fraction of this, ms. */
const POP_WAIT_MS = 10_000

const say = (line = ''): void => void process.stdout.write(`${line}\n`)
const heading = (text: string): void => say(`\n${styleText('bold', text)}`)
const tell = ({ steps }: Story): void => {
  for (const { title, evidence } of steps) {
    say(` ${title}`)
    for (const line of evidence) say(`     ${styleText('dim', line)}`)
  }
}

async function demo(): Promise<void> {
  say(`steerlab demo. Home: ${home.root}`)
  const began = beginningIn(home)
  makeHome(home)
  await writeDemoPolicy(home)
  const stack = await startLabStack(
    home,
    process.env,
    (line) => process.stderr.write(`${line}\n`),
    (reason) => process.stderr.write(`steerlab: ${reason}\n`),
  )
  const stopNow = (): void => void stack.stop().then(() => process.exit(130))
  process.once('SIGINT', stopNow)
  process.once('SIGTERM', stopNow)
  try {
    await tellAll(stack, sceneOf(home, began, stack))
  } finally {
    await stack.stop()
  }
}

async function tellAll(stack: Stack, scene: Scene): Promise<void> {
  const { capture, proxy } = stack.status()
  if (!capture.available) {
    say(`Programs cannot be captured here (${capture.reason}), so they go through the explicit proxy ${proxy.http}.`)
    say('A browser cannot be given trust of its own there: it passes over errors of certificates.')
  }
  must(await stack.connected(POP_WAIT_MS), 'POP: the tunnel did not come up')
  for (const { title, play } of CHAPTERS) {
    heading(title)
    tell(await play(scene))
  }

  const { flows } = stack.status()
  heading('Where things are')
  say(` log           ${home.log}`)
  say(` transactions  ${home.transactionLog}`)
  say(` policy        ${policyFile(home)}`)
  say(` authority     ${tenantFiles(home).root}`)
  for (const picture of picturesIn(home)) say(` screenshot    ${picture}`)
  say(` home          ${home.root}`)
  say(` flows         ${flows.tunneled} tunnelled, ${flows.bypassed} bypassed, ${flows.blocked} blocked`)
}

demo().then(
  () => process.exit(0),
  (error: unknown) => process.exit(reportFault(error)),
)
