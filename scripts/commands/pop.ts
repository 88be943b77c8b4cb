/** `steerlab pop`: which POPs there are, how far they are, which one was chosen and why, and every switch so far. */

import type { CommandModule } from 'yargs'
import type { AgentPops } from '../../agent/running-agent.js'
import { askAgent, homeOf, print, table } from './common.js'

interface PopArguments {
  readonly home?: string | undefined
  readonly now: boolean
  readonly json: boolean
}

/** Two POPs and a few time-outs: what a selection can take, ms. */
const SELECTION_MS = 60_000

/** Switches that are shown to people. */
const MOST_SHOWN = 10

/** POP selection as a person reads it. */
export function popText({ selection, failure, switches, tunnel }: AgentPops): string {
  const { state, doing, pop, transport, gateway, ip, port } = tunnel
  const isUp = state === 'connected'
  const parts = [
    isUp ? `${pop}: connected over ${transport} to ${gateway} (${ip}:${port})\n` : `no POP: ${state}, ${doing}\n`,
  ]
  if (selection === null) return parts.join('')
  const { at, method, why, chosen, pops, egressIp, country } = selection
  parts.push(`chosen ${at} by ${method}: ${chosen}; ${why}\n`)
  if (failure !== null) parts.push(`it stays, because a look at ${failure.at} failed: ${failure.why}\n`)
  if (pops.length > 0) {
    const rows = pops.map(({ name, gateway, ip, distance, rttMs }) => [
      isUp && name === pop ? '*' : '',
      name,
      gateway,
      ip,
      distance === undefined ? '' : `${Math.round(distance)}`,
      rttMs === null ? 'no answer' : `${rttMs}`,
    ])
    parts.push(
      `this client is ${egressIp} in ${country}\n\n`,
      table([['', 'POP', 'GATEWAY', 'ADDRESS', 'KM', 'RTT ms'], ...rows]),
    )
  }
  const last = switches.slice(-MOST_SHOWN)
  if (last.length > 0) {
    const rows = last.map(({ at, from, to, ip, method, why }) => [at, from || '-', to, ip, method, why])
    parts.push('\n', table([['SINCE', 'FROM', 'TO', 'ADDRESS', 'FOUND BY', 'WHY'], ...rows]))
    if (last.length < switches.length) parts.push(`and ${switches.length - last.length} before: --json has them\n`)
  }
  return parts.join('')
}

export const popCommand: CommandModule<object, PopArguments> = {
  command: 'pop',
  describe: 'Show the POPs, their round trips, the choice and why, and the switches',
  builder: (yargs) =>
    yargs
      .option('now', { type: 'boolean', default: false, describe: 'Look for a better POP first' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 pop', 'Which POP, and why')
      .example(
        '$0 fault pop US-ORD1 rtt 200 && $0 pop --now',
        'Make the POP slow and see the client leave it',
      ) as never,
  handler: async (argv) => {
    const params = argv.now ? { now: true } : undefined
    const pops = (await askAgent(homeOf(argv), 'pop', { params, withinMs: SELECTION_MS })) as AgentPops
    print(argv.json, pops, () => popText(pops))
  },
}
