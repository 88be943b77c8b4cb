/** `steerlab logs generate`: logs of made-up endpoints, as much as is asked for, with the truth beside them. */

import type { CommandModule } from 'yargs'
import { userMistake } from '../../agent/errors.js'
import { DEFAULT_PROFILE } from '../../agent/log/profiles.js'
import { LONGEST_LINE } from '../../agent/synth/day-log.js'
import { NORMAL_DAY, SCENARIOS } from '../../agent/synth/scenarios.js'
import { type Unit, unitsOf } from '../../agent/synth/units.js'
import { LogFolders, type LogLayout, makeRoom } from '../logs/generate-files.js'
import type { GeneratedLogs } from '../logs/generate-log.js'
import { Progress, type Written } from '../logs/generate-progress.js'
import { checkRequest, endpointsOf, type GenerateOptions, type GenerateRequest } from '../logs/generate-request.js'
import { generate } from '../logs/generate-run.js'
import { StandardOutput } from '../logs/generate-stdout.js'
import { TruthFile } from '../logs/generate-truth.js'
import { loadWorld, type WorldOptions } from '../logs/generate-world.js'

interface GenerateArguments extends GenerateOptions, WorldOptions {
  readonly truth?: string | undefined
  readonly force: boolean
}

/** The real client rotates its log at this size, and keeps the one before (documentation, 2026: "fixed file size 10M"). */
const CLIENT_ROTATION = { bytes: 10 * 1024 * 1024, keep: 2 } as const

/** What ends a run early, and the exit code of it. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** All options take text: yargs takes `abc` for NaN. */
const text = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const

export const logsGenerateCommand: CommandModule<object, GenerateArguments> = {
  command: 'generate',
  describe: 'Write logs of made-up endpoints: the same arguments, the same bytes',
  builder: (yargs) =>
    yargs
      .option('profile', { ...text("Whose log: a profile's name or JSON file"), default: DEFAULT_PROFILE })
      .option('scenario', {
        ...text(`What happens: a JSON file or ${[...SCENARIOS.keys()].join(', ')}`),
        default: NORMAL_DAY.name,
      })
      .option('seed', { ...text('Any text; another seed is another log'), default: '1' })
      .option('start', { ...text('First day or time, as in 2026-11-02T08:00'), default: '2026-11-02' })
      .option('duration', text('How long: 90m, 8h, 30d (1d when nothing says how much)'))
      .option('lines', text('Or how many lines'))
      .option('size', text('Or about how many bytes: 10M, 1.5G'))
      .option('endpoints', { ...text('How many computers, a folder each'), default: '1' })
      .option('shard', text('Only part I of N, as in 2/8; all parts joined are the whole'))
      .option('config', text("The client's directory, whose rules decide; else those of a new home"))
      .option('out', text('A directory, or - for standard output (unless that is a terminal)'))
      .option('gzip', { type: 'boolean', default: false, describe: 'Pack the logs; packed shards can be joined too' })
      .option('rotate', text('Cut a log into files of at most this size, all kept'))
      .option('truth', text('Write what is true of every line to a file of JSON lines'))
      .option('live', text('Write lines at a rate (100/s, 6000/m), stamped now, and rotate as the client does'))
      .option('force', { type: 'boolean', default: false, describe: 'Replace logs and truth that are there' })
      .example('$0 logs generate --truth truth.jsonl > my.log', 'A day, and what is true of it')
      .example('$0 logs generate --endpoints 500 --out logs', 'A day of a fleet')
      .example('$0 logs generate --live 50/s --out logs', 'Something to tail') as never,
  handler: async (argv) => {
    const request = checkRequest(argv, process.stdout.isTTY)
    const world = await loadWorld(argv)
    const logs = logsOf(request, world.scenario.damage?.rotateBytes, argv.force)
    if (argv.truth === '-') throw userMistake('bad-truth', '--truth takes a file; standard output is for the log')
    const truth = argv.truth === undefined ? undefined : new TruthFile(argv.truth, argv.force)
    const units = begun(unitsOf(world, request))
    const stop = new AbortController()
    // Once: the second one ends the process at once, should a reader keep it waiting.
    for (const [signal, code] of Object.entries(SIGNALS))
      process.once(signal, () => {
        process.exitCode = code
        stop.abort()
      })
    const logIsSeen = request.directory === undefined && process.stdout.isTTY
    const shown = new Progress(logIsSeen ? undefined : process.stderr, request)
    let written: Written | undefined
    try {
      written = await generate(world, units, {
        ...request,
        logs,
        truth,
        stop: stop.signal,
        progress: (unit, sofar) => shown.update(unit, sofar),
      })
    } finally {
      shown.end(written)
    }
  },
}

function logsOf(request: GenerateRequest, scenarioBytes: number | undefined, force: boolean): GeneratedLogs {
  const { directory, endpoints, gzip, live, rotateBytes = scenarioBytes } = request
  if (directory === undefined) return new StandardOutput(process.stdout, process.stdout.fd)
  const rotation =
    rotateBytes === undefined ? undefined : ({ bytes: Math.max(LONGEST_LINE, rotateBytes), keep: 'all' } as const)
  const layout: LogLayout = {
    directory,
    endpoints,
    suffix: gzip ? '.gz' : '',
    rotation: live === undefined ? rotation : CLIENT_ROTATION,
  }
  makeRoom(layout, endpointsOf(request), force)
  return new LogFolders(layout)
}

/**
 * Units of which the first is made already. The days before a shard's own are planned for it, which can take seconds and
 * cannot be interrupted; whoever catches signals after that, lets them end the process by themselves until then.
 */
function begun(units: Iterator<Unit>): Iterable<Unit> {
  const first = units.next()
  return (function* () {
    for (let next = first; !next.done; next = units.next()) yield next.value
  })()
}
