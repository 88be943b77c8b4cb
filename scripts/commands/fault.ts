/** `steerlab fault`: makes a part of the mock cloud faulty, for a demo or a test. */

import type { CommandModule } from 'yargs'
import { userMistake } from '../../agent/errors.js'
import { faultInWords, SERVICES } from '../../gateway/faults/fault.js'
import type { StandingFault } from '../../gateway/faults/fault-board.js'
import type { FaultRequest } from '../process/fault-request.js'
import { askAgent, homeOf, print, readSeconds, table } from './common.js'

interface FaultArguments {
  readonly home?: string | undefined
  /** The command itself, and what follows it. */
  readonly _: readonly (string | number)[]
  /** Seconds. */
  readonly for?: number | undefined
  readonly json: boolean
}

/** The request a command line means. Throws a user's mistake `bad-fault`. */
export function faultRequest(words: readonly string[], forMs: number | undefined): FaultRequest {
  const [target, ...rest] = words
  const lasting = forMs === undefined ? {} : { forMs }
  if (target === undefined) return { list: true }
  if (target === 'clear') return { clear: clearedBy(rest, forMs) }
  if (target === 'pop') {
    const [pop, ...fault] = rest
    if (pop === undefined) throw userMistake('bad-fault', 'Which POP? `steerlab fault pop NAME down|loss|rtt MS`')
    return { pop: popName(pop), words: fault, ...lasting }
  }
  const service = SERVICES.find((name) => name === target)
  if (service !== undefined) return { service, words: rest, ...lasting }
  throw userMistake('bad-fault', `a fault is of ${SERVICES.join(', ')} or pop NAME, not of "${target}"`)
}

/** A POP's name, in whatever case it is typed; `all` is all of them. */
function popName(typed: string): string {
  return typed.toLowerCase() === 'all' ? 'all' : typed.toUpperCase()
}

/** What `clear` is followed by: nothing, a service, or a POP. */
function clearedBy(words: readonly string[], forMs: number | undefined) {
  if (forMs !== undefined) throw userMistake('bad-fault', 'clear holds at once, and takes no --for')
  const [first, name, ...more] = words
  const service = SERVICES.find((known) => known === first)
  if (first === undefined) return true as const
  if (service !== undefined && name === undefined) return { service }
  if (first === 'pop' && name !== undefined && more.length === 0) return { pop: popName(name) }
  throw userMistake('bad-fault', `clear takes nothing, ${SERVICES.join(', ')} or pop NAME, not "${words.join(' ')}"`)
}

/** What holds now, as a table; `now` is ms since 1970. */
export function faultsText(faults: readonly StandingFault[], now: number): string {
  if (faults.length === 0) return 'nothing is faulty\n'
  const rows = faults.map((standing) => [nameOf(standing), inWords(standing, now)])
  return table([['WHAT', 'FAULT'], ...rows])
}

/** A fault in words, with the time it still lasts; `now` is ms since 1970. */
export function inWords({ fault, until }: StandingFault, now: number): string {
  return faultInWords(fault, until === null ? undefined : Date.parse(until) - now)
}

/** Whose fault it is: `gslb`, `pop US-ORD1`. */
export function nameOf(standing: StandingFault): string {
  return 'pop' in standing ? `pop ${standing.pop}` : standing.service
}

export const faultCommand: CommandModule<object, FaultArguments> = {
  command: 'fault',
  describe: 'Make a part of the mock cloud faulty, or see what is',
  builder: (yargs) =>
    yargs
      .usage(
        `$0 fault [SERVICE time-out|refuse|garbage|slow MS|http-500|empty|wrong-tenant]\n$0 fault pop NAME|all down|loss|rtt MS\n$0 fault clear [SERVICE | pop NAME]\n\nServices: ${SERVICES.join(', ')}. The checker can also be a captive portal: portal.`,
      )
      // No positionals: of several that yargs reads only the last would be left (duplicate-arguments-array is off).
      .strict(false)
      .strictCommands(false)
      .strictOptions()
      .option('for', {
        type: 'string',
        requiresArg: true,
        describe: 'End it after this time: 30s, 5m',
        coerce: readSeconds,
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 fault', 'What is faulty now')
      .example('$0 fault gslb time-out && $0 disable && $0 enable', 'The client connects anew, by DNS over HTTPS')
      .example('$0 fault pop all down --for 1m', 'An outage: what do fail-open and fail-close do?')
      .example('$0 fault pop US-ORD1 loss', 'Packets to the POP vanish: keep-alive finds out')
      .example('$0 fault clear', 'Everything works again') as never,
  handler: async (argv) => {
    const params = faultRequest(argv._.slice(1).map(String), argv.for === undefined ? undefined : argv.for * 1000)
    const faults = (await askAgent(homeOf(argv), 'fault', { params })) as StandingFault[]
    print(argv.json, faults, () => faultsText(faults, Date.now()))
  },
}
