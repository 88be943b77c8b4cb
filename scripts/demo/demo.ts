/**
 * `npm run demo`: the founding document's "POP selection" and "Basic traffic flow" on this machine, step by step, each with
 * its evidence; then one exception, one certificate-pinned app, and a browser. Everything shown was measured a moment ago: if a piece of
 * evidence is missing, the demo fails.
 */

import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { styleText } from 'node:util'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { DEFAULT_PROFILE, PROFILES } from '../../agent/log/profiles.js'
import { BROWSERS, browserArguments, findBrowser } from '../process/browser.js'
import { choosePops } from '../process/choose-pops.js'
import { searchPath } from '../process/find-command.js'
import { homeDirectory, homePaths } from '../process/home.js'
import { trusting } from '../process/lab-trust.js'
import { reportFault } from '../process/report-fault.js'
import { startStack } from '../process/stack.js'
import { collect, collectPops, must, type Whoami } from './evidence.js'
import { fetchProgram } from './programs.js'
import { type Story, tellBasicFlow, tellBypass, tellPopSelection } from './story.js'
import { chooseWay, type Way } from './way.js'

const argv = await yargs(hideBin(process.argv))
  .scriptName('npm run demo --')
  .locale('en')
  .option('home', { type: 'string', describe: 'Home directory of the demo' })
  .strict()
  .parseAsync()

const home = homePaths(argv.home ?? `${homeDirectory(undefined, process.env)}-demo`)
const path = searchPath(process.env)

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

async function whoami(way: Way, host: string, proxy: string): Promise<{ program: string; answer: Whoami }> {
  const { program, command } = fetchProgram(`https://${host}/whoami`, path, way.kind === 'proxied' ? proxy : undefined)
  const ended = await way.run(command)
  must(ended.code === 0, `answer of https://${host}/whoami (${program}: ${ended.errors.trim()})`)
  return { program, answer: JSON.parse(ended.output) as Whoami }
}

async function browser(way: Way, httpProxy: string): Promise<string | undefined> {
  let chromium: string
  try {
    chromium = findBrowser(path)
  } catch {
    return undefined
  }
  const picture = join(home.root, 'box.com.png')
  const profile = join(home.run, 'browser-demo')
  rmSync(picture, { force: true })
  rmSync(profile, { recursive: true, force: true })
  const ended = await way.run([
    chromium,
    // Where namespaces are not allowed there are none for Chromium's sandbox either; the page is our own.
    ...browserArguments(profile, process.getuid?.() === 0 || way.kind === 'proxied'),
    '--headless=new',
    '--disable-gpu',
    '--hide-scrollbars',
    '--window-size=1000,640',
    '--virtual-time-budget=4000',
    `--screenshot=${picture}`,
    // The browser's own policy trusts the lab when captured; through the proxy there is no place for one.
    ...(way.kind === 'proxied' ? [`--proxy-server=${httpProxy}`, '--ignore-certificate-errors'] : []),
    'https://box.com/',
  ])
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  must(statSync(picture, { throwIfNoEntry: false })?.size, `screenshot (${ended.errors.trim().split('\n').at(-1)})`)
  return picture
}

async function demo(): Promise<void> {
  say(`steerlab demo. Home: ${home.root}`)
  // An earlier demo's log stays; only what is written from here on is evidence.
  const since = statSync(home.log, { throwIfNoEntry: false })?.size ?? 0
  const stack = await startStack({
    home: home.root,
    lab: true,
    profile: PROFILES[DEFAULT_PROFILE],
    table: await choosePops(undefined, home.root),
    processPerPop: false,
    ports: { http: 0, socks: 0, dns: 0 },
    env: process.env,
    warn: (line) => process.stderr.write(`${line}\n`),
    broken: (reason) => process.stderr.write(`steerlab: ${reason}\n`),
  })
  const stopNow = (): void => void stack.stop().then(() => process.exit(130))
  process.once('SIGINT', stopNow)
  process.once('SIGTERM', stopNow)
  try {
    const { capture, lab, proxy } = stack.status()
    const way = chooseWay(stack.status(), { ...trusting(lab!.caFile, home.run, process.env), PATH: path })
    if (!capture.available)
      say(`Programs cannot be captured here (${capture.reason}), so they go through the explicit proxy ${proxy.http}.`)

    heading('POP selection')
    must(await stack.connected(POP_WAIT_MS), 'POP: the tunnel did not come up')
    tell(tellPopSelection(await collectPops(home, since)))

    heading('Steered: box.com')
    const box = await whoami(way, 'box.com', proxy.socks)
    tell(tellBasicFlow(await collect(home, since, 'box.com', box.program), box.answer, stack.status(), way.kind))

    heading('Bypassed by an exception: zoom.us')
    const zoom = await whoami(way, 'zoom.us', proxy.socks)
    tell(
      tellBypass(
        await collect(home, since, 'zoom.us', zoom.program),
        `the origin saw ${zoom.answer.from}: the agent's address, not the gateway's`,
      ),
    )

    heading('Bypassed as a certificate-pinned app: git to github.com')
    const repository = 'https://github.com/steerlab/hello.git'
    const git = await way.run(['git', 'ls-remote', repository])
    must(git.code === 0, `answer of ${repository} (${git.errors.trim()})`)
    const pinned = await collect(home, since, 'github.com', 'git-remote-http')
    tell(tellBypass(pinned, `git ls-remote: ${git.output.split('\n')[0]?.replace('\t', ' ')}`))

    heading('A browser')
    const picture = await browser(way, proxy.http)
    if (picture === undefined)
      say(' No Chromium or Chrome is installed, so there is no screenshot (Debian: apt-get install chromium).')
    else
      tell(
        tellBypass(
          await collect(home, since, 'box.com', ...BROWSERS),
          `a page with WebSocket and server-sent events: ${picture}`,
        ),
      )

    const { flows } = stack.status()
    heading('Where things are')
    say(` log         ${home.log}`)
    if (picture !== undefined) say(` screenshot  ${picture}`)
    say(` home        ${home.root}`)
    say(` flows       ${flows.tunneled} tunnelled, ${flows.bypassed} bypassed, ${flows.blocked} blocked`)
  } finally {
    await stack.stop()
  }
}

demo().then(
  () => process.exit(0),
  (error: unknown) => process.exit(reportFault(error)),
)
