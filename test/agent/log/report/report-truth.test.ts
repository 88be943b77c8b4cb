/**
 * The report of a generated log against its ground truth, for every scenario and profile. STEERLAB_TRUTH_LINES sets the
 * lines of each log (1000000 takes some ten minutes for all).
 */

import t from 'tap'
import { PROFILE_NAMES, PROFILES } from '../../../../agent/log/profiles.js'
import { LogAnalysis } from '../../../../agent/log/report/log-analysis.js'
import { FLOW_VERDICTS, type FlowVerdict, type Report } from '../../../../agent/log/report/report.js'
import { ChunkMaker } from '../../../../agent/synth/chunks.js'
import { FlowChoices } from '../../../../agent/synth/flow-kinds.js'
import { SCENARIOS } from '../../../../agent/synth/scenarios.js'
import type { TruthLine } from '../../../../agent/synth/truth.js'
import { unitsOf } from '../../../../agent/synth/units.js'
import { makeWorld } from '../../../../agent/synth/world.js'
import { MONDAY, NEW_HOME } from '../../../support/generated-log.js'

const LINES = Number(process.env['STEERLAB_TRUTH_LINES'] ?? 5000)

/** What a log's truth comes to: counted line by line, with nothing of the report's own code. */
class TruthCount {
  readonly events = new Map<string, number>()
  readonly damage = new Map<string, number>()
  /** Flows by verdict, process and host. */
  readonly flows = new Map<string, number>()
  nameless = 0
  first = ''
  last = ''
  /** The flow of the pair under way: a pinned app's second line is no flow of its own. */
  readonly #pairs = new Set<string>()

  add({ event, fields, flow, damage, time }: TruthLine): void {
    this.events.set(event, (this.events.get(event) ?? 0) + 1)
    if (damage !== undefined) {
      this.damage.set(damage, (this.damage.get(damage) ?? 0) + 1)
      return
    }
    if (this.first === '' || time < this.first) this.first = time
    if (time > this.last) this.last = time
    if (flow === null) return
    if (event === 'bypass-pinned-tunnel') this.#pairs.add(flow)
    else if (event === 'flow-tunneled' && this.#pairs.delete(flow)) return
    const verdict = VERDICTS[event]?.(fields)
    if (verdict === undefined) return
    const key = `${verdict} ${fields['process'] ?? ''} ${fields['host'] ?? ''}`
    this.flows.set(key, (this.flows.get(key) ?? 0) + 1)
    if (fields['host'] === '') this.nameless++
  }
}

const VERDICTS: Readonly<Record<string, (fields: TruthLine['fields']) => FlowVerdict>> = {
  'flow-tunneled': ({ via }) => (via as FlowVerdict | undefined) ?? 'tunneled',
  'bypass-pinned-tunnel': () => 'pinned-tunnel',
  'bypass-exception-host': () => 'exception-host',
  'bypass-exception-ip': () => 'exception-ip',
  'bypass-private-ip': () => 'private-ip',
  'bypass-pinned': () => 'pinned-direct',
  'drop-pinned': () => 'blocked-pinned',
  'block-udp': () => 'blocked-udp',
}

interface Compared {
  readonly report: Report
  readonly truth: TruthCount
}

function compared(profile: (typeof PROFILE_NAMES)[number], scenario: string, lines: number): Compared {
  const world = makeWorld('truth', PROFILES[profile], SCENARIOS.get(scenario)!, NEW_HOME)
  const maker = new ChunkMaker(world, new FlowChoices(world), true)
  const analysis = new LogAnalysis()
  const truth = new TruthCount()
  const position = { file: '-', offset: 0 }
  const request = {
    start: MONDAY,
    amount: { lines },
    endpoints: 1,
    shard: { index: 0, count: 1 },
    wholeEndpoints: false,
  }
  analysis.beginLog()
  analysis.beginFile('nsdebuglog.log')
  for (const unit of unitsOf(world, request))
    for (const chunk of maker.chunks(unit, position)) {
      analysis.push(chunk.bytes)
      for (const line of chunk.truth.split('\n')) if (line !== '') truth.add(JSON.parse(line))
    }
  analysis.endFile()
  return { report: analysis.result(), truth }
}

const sorted = (counts: ReadonlyMap<string, number>) => [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0)

for (const scenario of SCENARIOS.keys())
  void t.test(`${scenario}: the report counts what the truth says`, async (t) => {
    for (const profile of PROFILE_NAMES) {
      const { report, truth } = compared(profile, scenario, LINES)
      const rows = report.flows.rows.map(
        ({ verdict, process, host, count }) => [`${verdict} ${process} ${host}`, count] as const,
      )
      t.strictSame(sorted(new Map(rows)), sorted(truth.flows), `${profile}: flows by verdict, process and host`)
      t.equal(report.flows.total, sum(truth.flows.values()), 'all flows')
      t.equal(report.flows.withoutHost, truth.nameless, 'flows whose host is left empty')
      t.equal(
        sum(report.flows.hours.map(({ tunneled, bypassed, blocked }) => tunneled + bypassed + blocked)),
        report.flows.total,
      )
      t.strictSame(
        report.lines,
        {
          total: LINES,
          records: LINES - sum(truth.damage.values()),
          continuation: 0,
          unrecognised: 0,
          unreadable: sum(truth.damage.values()),
        },
        'lines',
      )
      const reasons = { truncated: 'truncated', interleaved: 'interleaved', torn: 'no-stamp' }
      for (const [damage, reason] of Object.entries(reasons))
        t.equal(report.unreadable.byReason[reason] ?? 0, truth.damage.get(damage) ?? 0, `${reason} lines`)
      const seen = (event: string) => truth.events.get(event) ?? 0
      t.equal(report.pop.connections, seen('tunnel-connected'), 'connections')
      t.equal(report.pop.methods.EDNS, seen('gateway-found-edns'), 'EDNS')
      t.equal(report.pop.methods.LDNS, seen('gateway-found-ldns'), 'LDNS')
      t.equal(sum(report.pop.rtt.map(({ count }) => count)), seen('gslb-rtt'), 'round trips')
      t.equal(report.profile, profile, 'the profile is found')
      const stamp = (time: number) => new Date(Math.floor(time / 1000)).toISOString().slice(0, 23)
      t.equal(report.time && stamp(report.time.first), truth.first.slice(0, 23), 'first time')
      t.equal(report.time && stamp(report.time.last), truth.last.slice(0, 23), 'last time')
    }
  })

void t.test('and at a million lines', async (t) => {
  const { report, truth } = compared('windows-r114', 'pinned-app-storm', 1_000_000)
  const byVerdict = Object.fromEntries(
    FLOW_VERDICTS.map((verdict) => [
      verdict,
      sum([...truth.flows].filter(([key]) => key.startsWith(`${verdict} `)).map(([, count]) => count)),
    ]),
  )
  t.strictSame(report.flows.byVerdict, byVerdict)
  t.equal(report.lines.records, 1_000_000)
})
