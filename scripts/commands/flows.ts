/** `steerlab flows`: the last flows, what was decided, and which rule did it. */

import type { CommandModule } from 'yargs'
import type { FlowRecord } from '../../agent/flow-history.js'
import { verdictWords } from '../../agent/steering/verdict-words.js'
import { askAgent, homeOf, print, table } from './common.js'

interface FlowsArguments {
  readonly home?: string | undefined
  readonly json: boolean
}

/** Flows as a table, oldest first. */
export function flowsText(flows: readonly FlowRecord[]): string {
  const rows = flows.map(({ time, facts, verdict }) => [
    new Date(time).toISOString(),
    facts.process,
    facts.host || '-',
    `${facts.destination.ip} ${facts.destination.port}/${facts.transport}`,
    verdictWords(verdict),
    `${verdict.rule.file} ${verdict.rule.path}`,
  ])
  return table([['TIME', 'PROCESS', 'HOST', 'DESTINATION', 'VERDICT', 'RULE'], ...rows])
}

export const flowsCommand: CommandModule<object, FlowsArguments> = {
  command: 'flows',
  describe: 'Show the last flows and which rule decided each',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON, with the reason in words' })
      .example("$0 flows --json | jq -r '.[].verdict.reason'", 'Why, for each'),
  handler: async (argv) => {
    const flows = (await askAgent(homeOf(argv), 'flows')) as FlowRecord[]
    print(argv.json, flows, () => flowsText(flows))
  },
}
