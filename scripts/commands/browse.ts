/** `steerlab browse [URL]`: a captured browser with a fresh profile that is gone afterwards. */

import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandModule } from 'yargs'
import { browserArguments, findBrowser } from '../process/browser.js'
import { runCaptured } from '../process/captured-program.js'
import { leaseAgent } from '../process/on-demand.js'
import { prepareTrust } from '../process/trust/prepare-trust.js'
import { homeOf } from './common.js'
import { STACK_OPTIONS, type StackArguments } from './up.js'

interface BrowseArguments extends StackArguments {
  readonly url: string
  readonly '--'?: readonly string[]
}

export const browseCommand: CommandModule<object, BrowseArguments> = {
  command: 'browse [url]',
  describe: 'Open a browser whose traffic is steered',
  builder: (yargs) =>
    yargs
      .usage('$0 browse [options] [URL] [-- BROWSER OPTIONS]')
      .positional('url', { type: 'string', default: 'https://box.com/', describe: 'First page' })
      .options(STACK_OPTIONS)
      .example('$0 browse --lab', 'box.com of the mock internet')
      .example('$0 browse --lab https://box.com/ -- --headless=new --screenshot=box.png', 'A picture of it') as never,
  handler: async (argv) => {
    const browser = findBrowser(process.env['PATH'] ?? '')
    const home = homeOf(argv)
    const lease = await leaseAgent(home, argv)
    const profile = mkdtempSync(join(home.run, 'browser-'))
    try {
      const options = browserArguments(profile, process.getuid?.() === 0)
      const command = [browser, ...options, ...(argv['--'] ?? []), argv.url]
      const trust = await prepareTrust('store', { home, labCaFile: lease.status.lab?.caFile, env: process.env })
      const terminal = process.stdin.isTTY === true
      process.exitCode = await runCaptured({ command, ...trust, cwd: process.cwd(), terminal }, lease)
    } finally {
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
      lease.release()
    }
  },
}
