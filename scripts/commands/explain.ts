/** `steerlab explain`: what becomes of a flow, which rule does it, and which nearly would have. Needs no agent. */

import { isIP } from 'node:net'
import type { CommandModule } from 'yargs'
import { compilePolicy } from '../../agent/config/compile/compile-policy.js'
import type { Configuration } from '../../agent/config/configuration.js'
import { situationOf } from '../../agent/config/situation.js'
import type { HostMapEntry } from '../../agent/dns/host-map.js'
import { SteerError } from '../../agent/errors.js'
import { DEFAULT_PROFILE } from '../../agent/log/profiles.js'
import type { AgentStatus } from '../../agent/running-agent.js'
import { explain } from '../../agent/steering/explain.js'
import type { FlowFacts, RuleRef, Situation, Verdict } from '../../agent/steering/flow.js'
import { nearMisses } from '../../agent/steering/near-miss.js'
import { OPERATING_SYSTEMS, type OperatingSystem } from '../../agent/steering/operating-system.js'
import type { Half, Policy } from '../../agent/steering/policy.js'
import { loadOffline, loadOfflineHome } from '../config/offline-files.js'
import { chooseProfile } from '../logs/choose-profile.js'
import { askAgent, homeOf, print } from './common.js'
import { type DirectoryArguments, directoryOf, withDirectory } from './config-options.js'
import { type EndpointWords, type FlowWords, flowToTarget, situationSaid } from './explain-flow.js'
import { sampleLines } from './explain-lines.js'
import { type ExplainedFlow, explainedText, type PlacedRule, type PlacedVerdict } from './explain-text.js'

interface ExplainArguments extends DirectoryArguments, FlowWords, EndpointWords {
  readonly target: string
  readonly os?: OperatingSystem | undefined
  readonly profile: string
  readonly json: boolean
}

const TEXT = { type: 'string', requiresArg: true } as const

export const explainCommand: CommandModule<object, ExplainArguments> = {
  command: 'explain <target>',
  describe: 'Say what becomes of a flow, which rule does it, and which nearly would',
  builder: (yargs) =>
    withDirectory(yargs)
      .positional('target', {
        type: 'string',
        demandOption: true,
        describe: 'HOST, IP, HOST:PORT, IP:PORT or [IPv6]:PORT',
      })
      .option('process', { ...TEXT, describe: 'The program, as the system names it' })
      .option('ip', { ...TEXT, describe: 'The address of the host, or of the DNS server' })
      .option('proto', { choices: ['tcp', 'udp'], requiresArg: true, describe: 'Else tcp, and for DNS udp' })
      .option('source', { ...TEXT, describe: "The endpoint's own address" })
      .option('dns-type', { ...TEXT, describe: 'A DNS query for the target, of this record type' })
      .option('on-prem', { type: 'boolean', describe: 'The endpoint is on premises (--no-on-prem: it is not)' })
      .option('managed', { type: 'boolean', describe: 'The device is a managed one' })
      .option('unmanaged', { type: 'boolean', describe: 'The device is not managed' })
      .option('country', { ...TEXT, describe: 'Where the endpoint is, such as DE' })
      .option('tunnel-down', { type: 'boolean', describe: 'The tunnel is down' })
      .option('os', { choices: OPERATING_SYSTEMS, requiresArg: true, describe: "The endpoint's system" })
      .option('profile', { ...TEXT, default: DEFAULT_PROFILE, describe: "Whose log: a profile's name or JSON file" })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .conflicts('managed', 'unmanaged')
      .example('$0 explain zoom.us --process zoom', 'With the files of the home')
      .example('$0 explain 10.1.2.3:22 --on-prem --config ./stagent', "With a real client's files")
      .example('$0 explain www.corp.example --dns-type AAAA', 'A DNS query') as never,
  handler: async (argv) => {
    const asked = flowToTarget(argv.target, argv)
    const profile = await chooseProfile(argv.profile)
    const isElsewhere = argv.config !== undefined || argv.tenant === true
    const directory = directoryOf(argv)
    const { configuration, lines, leftOut, notes } = await (isElsewhere ? loadOffline : loadOfflineHome)(directory)
    for (const note of notes) process.stderr.write(`steerlab: ${note}\n`)
    if (leftOut > 0) process.stderr.write(`steerlab: ${REFUSED}\n`)
    const flow = isElsewhere ? asked : await withLearntAddress(asked, argv)
    const running = isElsewhere ? undefined : await runningAgent(argv)
    const situation = situationSaid(situationNow(configuration, running), argv)
    const policy = compilePolicy(onSystem(configuration, argv.os))
    const { verdict, waitsForName, winner, later, alsoListed } = explain(flow, policy, situation)
    const placed = (rule: RuleRef): PlacedRule => ({ ...rule, ...lines.placeOf(rule.file, rule.path) })
    const placedVerdict = (one: Verdict) => ({ ...one, rule: placed(one.rule) }) as PlacedVerdict
    const explained: ExplainedFlow = {
      flow,
      situation,
      verdict: placedVerdict(verdict),
      waitsForName,
      winner: { ...winner, verdict: placedVerdict(winner.verdict) },
      later: later.map((answer) => ({ ...answer, verdict: placedVerdict(answer.verdict) })),
      alsoListed: alsoListed.map(({ ref, text }) => ({ rule: placed(ref), text })),
      nearMisses: nearMisses(flow, policy, situation).map(({ rule, sentence }) => ({ rule: placed(rule), sentence })),
      notAsked: notAsked(flow, policy.halves[situation.location]),
      inLab: [...labNotes(flow, policy), ...agentNotes(running)],
      log: sampleLines(flow, verdict, profile),
    }
    print(argv.json, explained, () => explainedText(explained))
  },
}

/** An agent takes all of its files or none. */
const REFUSED = 'an agent refuses these files as they are: what follows is about the rest of them'

function onSystem(configuration: Configuration, os: ExplainArguments['os']): Configuration {
  const { lab } = configuration
  return os === undefined ? configuration : { ...configuration, lab: { ...lab, endpoint: { ...lab.endpoint, os } } }
}

/** With the address of the host that the home's agent has learnt last, when one runs; of both families IPv4. */
async function withLearntAddress(flow: FlowFacts, argv: ExplainArguments): Promise<FlowFacts> {
  if (flow.host === '' || flow.destination.ip !== '') return flow
  const entries = await askAgent(homeOf(argv), 'map').catch((error) => {
    if (error instanceof SteerError) return []
    throw error
  })
  const known = (entries as HostMapEntry[]).filter(({ host }) => host === flow.host)
  const ip = known.sort((a, b) => isIP(a.ip) - isIP(b.ip) || b.learntAt - a.learntAt)[0]?.ip ?? ''
  return { ...flow, destination: { ...flow.destination, ip } }
}

/** Where the running agent is not the real client yet. */
function labNotes({ destination }: FlowFacts, { dnsPorts }: Policy): readonly string[] {
  if (!dnsPorts.has(destination.port)) return []
  return ['the agent answers DNS itself: neither this verdict nor its line is seen']
}

/** What the home's agent says of itself; undefined when none runs. */
async function runningAgent(argv: ExplainArguments): Promise<AgentStatus | undefined> {
  return (await askAgent(homeOf(argv), 'status').catch(() => undefined)) as AgentStatus | undefined
}

/** The endpoint with its tunnel up, where the files say it is, or else where a running agent has found it to be. */
function situationNow(configuration: Configuration, running: AgentStatus | undefined): Situation {
  const said = situationOf(configuration)
  if (running === undefined || configuration.lab.endpoint?.location !== undefined) return said
  return { ...said, location: running.endpoint.location }
}

/** Whether the home's agent runs by other files than those that are there, or steers nothing now. */
function agentNotes(running: AgentStatus | undefined): readonly string[] {
  if (running === undefined) return []
  const { configuration, endpoint } = running
  const refused = `the running agent has refused these files: version ${configuration.version} is in force, see \`steerlab status\``
  return [
    ...(configuration.refused === null ? [] : [refused]),
    ...(endpoint.tunnel === 'down' ? ['the tunnel is down now: --tunnel-down says what that means'] : []),
    ...(endpoint.tunnel === 'disabled' ? ['the client is disabled now: nothing is steered'] : []),
  ]
}

/** The rules that say nothing because the command line did not say what they ask. */
function notAsked({ host, query, destination, source, process }: FlowFacts, half: Half): readonly string[] {
  const isName = query === undefined
  return [
    ...(isName && host === '' ? ['rules for hosts: only the address is known'] : []),
    ...(isName && destination.ip === '' ? ['rules for addresses: --ip says at which address the host is'] : []),
    ...(source.ip === '' && half.sourceLocations.rules.length > 0
      ? ['source locations: --source says where from']
      : []),
    ...(process === 'unknown' && half.pinned.entries.length > 0
      ? ['pinned apps: --process says whose flow it is']
      : []),
  ]
}
