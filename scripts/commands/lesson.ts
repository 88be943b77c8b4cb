/** `steerlab lesson`: one steered page and one bypassed, captured on both sides of the tunnel, and explained. */

import { styleText } from 'node:util'
import type { CommandModule } from 'yargs'
import { showPage } from '../lesson/lesson.js'
import { type LessonToTell, lessonText, waysToOpen } from '../lesson/lesson-text.js'
import { keepCaptures, makeCaptures } from '../lesson/make-captures.js'
import { homeDirectory, homePaths } from '../process/home.js'
import { print } from './common.js'

interface LessonArguments {
  readonly home?: string | undefined
  readonly keep?: string | undefined
  readonly from: 'kernel' | 'socket'
  readonly json: boolean
}

/** What is loaded; with the default configuration the one is steered and the other excepted. */
const PAGES = [
  { url: 'https://box.com/whoami', host: 'box.com', is: 'steered' },
  { url: 'https://zoom.us/whoami', host: 'zoom.us', is: 'bypassed' },
] as const

export const lessonCommand: CommandModule<object, LessonArguments> = {
  command: 'lesson',
  describe: 'Capture two page loads inside and outside the tunnel, and explain what each side sees',
  builder: (yargs) =>
    yargs
      .usage(
        '$0 lesson [options]\n\nStarts an agent with the lab in a home of its own (or --home), loads a steered page and a bypassed one with both captures running, and tells them side by side from the files. Exit code 1 when the files do not show it.',
      )
      .option('keep', { type: 'string', requiresArg: true, describe: 'Copy the two captures into this directory' })
      .option('from', {
        choices: ['socket', 'kernel'] as const,
        default: 'socket' as const,
        describe:
          "Where the outer capture is from: rebuilt at the agent's sockets, with public addresses, or the kernel",
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 lesson', 'Both sides, in the terminal')
      .example('$0 lesson --keep . && wireshark nspktdump.pcap', 'The files too') as never,
  handler: async ({ home: root, keep, from, json }) => {
    const home = homePaths(root === undefined ? `${homeDirectory(root, process.env)}-lesson` : homeDirectory(root, {}))
    const warn = (line: string): void => void process.stderr.write(`steerlab: ${line}\n`)
    const { inner, outer } = await makeCaptures({ home, pages: PAGES, from, env: process.env, warn })
    const pages = PAGES.map((page) => showPage(page, PAGES, inner, outer))
    const files = [inner.report.file, outer.report.file]
    const [innerFile, outerFile] = keep === undefined ? files : await keepCaptures(keep, files)
    const lesson: LessonToTell = {
      inner: { ...inner.report, file: innerFile! },
      outer: { ...outer.report, file: outerFile! },
      pages,
    }
    print(json, { ...lesson, open: waysToOpen(lesson) }, () => lessonText(lesson, styles()))
  },
}

function styles(): { readonly bold: (text: string) => string; readonly dim: (text: string) => string } {
  const isPlain = process.stdout.isTTY !== true || Boolean(process.env['NO_COLOR'])
  const style = (name: 'bold' | 'dim') => (text: string) => (isPlain ? text : styleText(name, text))
  return { bold: style('bold'), dim: style('dim') }
}
