/**
 * `npm run bench -- decisions [--rounds 5]`: what a decision costs with a large configuration (50,000 domains, 10,000
 * CIDRs, 500 pinned apps, half of them expressions) beside a new home's, what the matchers cost by the length of their
 * lists, and what loading and a change under way cost: the longest time the event loop stood still is how long a relayed
 * flow waited.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { BlockList } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { compilePolicy } from '../../agent/config/compile/compile-policy.js'
import { configurationOf, type FileName } from '../../agent/config/configuration.js'
import { defaultFiles } from '../../agent/config/default-files.js'
import { LiveConfiguration } from '../../agent/config/live-configuration.js'
import { loadSet } from '../../agent/config/load.js'
import { fileText } from '../../agent/config/write-defaults.js'
import { decide } from '../../agent/steering/decide.js'
import { type FlowFacts, ORDINARY_SITUATION } from '../../agent/steering/flow.js'
import { AddressMatcher } from '../../agent/steering/match-address.js'
import { DomainMatcher } from '../../agent/steering/match-domain.js'
import type { Policy } from '../../agent/steering/policy.js'
import { table } from '../commands/common.js'
import { DEFAULT_TENANT } from '../process/tenant.js'
import { summarize } from './statistics.js'

const DOMAINS = 50_000
const CIDRS = 10_000
const APPS = 500

/** Different flows that are decided in turn, and decisions of one round. */
const FLOWS = 2000
const DECISIONS = 200_000

const argv = await yargs(hideBin(process.argv).slice(1))
  .scriptName('npm run bench -- decisions')
  .locale('en')
  .option('rounds', { type: 'number', default: 5, describe: 'Rounds; the median is printed' })
  .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
  .strict()
  .parseAsync()

const domain = (i: number): string => (i % 2 === 0 ? `host${i}.corp.example` : `*.domain${i}.example.com`)
const cidr = (i: number): string => `100.${i >> 8}.${i & 255}.0/${24 + (i % 6)}`

function largeFiles(firstName: string): Readonly<Partial<Record<FileName, unknown>>> {
  return {
    ...defaultFiles(DEFAULT_TENANT),
    'nsexception.json': {
      names: Array.from({ length: DOMAINS }, (_, i) => (i === 0 ? firstName : domain(i))),
      ips: Array.from({ length: CIDRS }, (_, i) => ({ type: 'ip', value: cidr(i) })),
    },
    'nsbypass.json': {
      certPinnedAppList: Array.from({ length: APPS }, (_, i) => ({
        action: 1,
        appName: `App ${i}`,
        app_domains: [`app${i}.example`],
        isRegex: String(i % 2 === 1),
        mode: 'direct',
        processName: i % 2 === 1 ? `^program${i}.*\\.exe$` : `program${i}.exe`,
        rowID: `custom_${i}`,
      })),
    },
  }
}

/** Flows of which a quarter each hits a wildcard, a name, nothing, and has no host; a third of a pinned program. */
const flows: readonly FlowFacts[] = Array.from({ length: FLOWS }, (_, i) => ({
  transport: 'tcp',
  source: { ip: '10.0.2.140', port: 60_894 },
  destination: { ip: `${50 + (i % 100)}.${i % 256}.7.9`, port: 443 },
  host: [`a.b.domain${(i * 8) | 1}.example.com`, `host${i * 2}.corp.example`, `www.site${i}.example`, ''][i % 4]!,
  process: i % 3 === 0 ? `program${i % APPS}.exe` : 'chrome.exe',
  sniffed: 'tls',
}))

/** Nanoseconds of the decisions of a round, sorted. */
function decideTimes(policy: Policy): Float64Array {
  const times = new Float64Array(DECISIONS)
  for (let i = 0; i < DECISIONS; i++) {
    const flow = flows[i % FLOWS]!
    const begun = process.hrtime.bigint()
    decide(flow, policy, ORDINARY_SITUATION)
    times[i] = Number(process.hrtime.bigint() - begun)
  }
  return times.sort()
}

const share = (times: Float64Array, part: number): number => times[Math.floor(times.length * part)]! / 1000

/** The median over the rounds of one figure after another, each round doing all of them. */
function rounds<Name extends string>(measure: () => Readonly<Record<Name, number>>): Readonly<Record<Name, number>> {
  measure()
  const all = Array.from({ length: argv.rounds }, measure)
  const names = Object.keys(all[0]!) as Name[]
  return Object.fromEntries(names.map((name) => [name, summarize(all.map((one) => one[name])).median])) as Record<
    Name,
    number
  >
}

/** Microseconds a call. */
function perCall(calls: number, call: (i: number) => unknown): number {
  const begun = performance.now()
  for (let i = 0; i < calls; i++) call(i)
  return ((performance.now() - begun) / calls) * 1000
}

const directory = mkdtempSync(join(tmpdir(), 'steerlab-bench-'))
try {
  for (const [file, content] of Object.entries(largeFiles('first.example')))
    writeFileSync(join(directory, file), fileText(content))
  const begun = performance.now()
  const loaded = await loadSet(directory)
  const large = compilePolicy(loaded.configuration)
  const loadMs = performance.now() - begun
  const small = compilePolicy(configurationOf(defaultFiles(DEFAULT_TENANT)))

  const decisions = rounds(() => {
    const [ofLarge, ofSmall] = [decideTimes(large), decideTimes(small)]
    return {
      'large p50': share(ofLarge, 0.5),
      'large p99': share(ofLarge, 0.99),
      'large p99.9': share(ofLarge, 0.999),
      'new home p50': share(ofSmall, 0.5),
      'new home p99': share(ofSmall, 0.99),
    }
  })

  const names = Array.from({ length: DOMAINS }, (_, i) => domain(i))
  const ranges = Array.from({ length: CIDRS }, (_, i) => cidr(i))
  const few = new DomainMatcher(names.slice(0, 100), 'table')
  const many = new DomainMatcher(names, 'table')
  const fewRanges = AddressMatcher.ofTexts(ranges.slice(0, 100))
  const manyRanges = AddressMatcher.ofTexts(ranges)
  const blockList = new BlockList()
  for (const range of ranges) blockList.addSubnet(range.split('/')[0]!, Number(range.split('/')[1]), 'ipv4')
  const hosts = flows.map(({ host }) => host)
  const ips = flows.map(({ destination }) => destination.ip)
  const matchers = rounds(() => ({
    'domains, 100': perCall(100_000, (i) => few.match(hosts[i % FLOWS]!)),
    'domains, 50,000': perCall(100_000, (i) => many.match(hosts[i % FLOWS]!)),
    'addresses, 100': perCall(100_000, (i) => fewRanges.match(ips[i % FLOWS]!)),
    'addresses, 10,000': perCall(100_000, (i) => manyRanges.match(ips[i % FLOWS]!)),
    "addresses, 10,000, Node's BlockList": perCall(2000, (i) => blockList.check(ips[i % FLOWS]!)),
  }))

  const reloads = await reloadTimes()
  const results = { loadMs, decideUs: decisions, matchUs: matchers, ...reloads }
  if (argv.json) process.stdout.write(`${JSON.stringify({ node: process.version, ...results }, null, 2)}\n`)
  else {
    const rows = [
      ...Object.entries(decisions).map(([name, us]) => [`decide, ${name}`, us] as const),
      ...Object.entries(matchers),
    ]
    process.stdout.write(
      table([
        [`${DOMAINS} domains, ${CIDRS} CIDRs, ${APPS} pinned apps`, 'US'],
        ...rows.map(([name, us]) => [name, us.toFixed(2)]),
      ]),
    )
    process.stdout.write(
      `load ${Math.round(loadMs)} ms; an edit in force after ${Math.round(reloads.inForceMs)} ms, longest pause ${reloads.longestPauseMs.toFixed(1)} ms (medians of ${argv.rounds})\n`,
    )
  }

  /** Edits the file and watches the event loop until the edit is in force; the first round warms up. */
  async function reloadTimes() {
    const live = new LiveConfiguration({ loaded, now: Date.now, warn: () => {}, changed: () => {} })
    live.watch()
    await live.refresh()
    const inForce: number[] = []
    const pauses: number[] = []
    for (let round = 0; round <= argv.rounds; round++) {
      const text = fileText(largeFiles(`round${round}.example`)['nsexception.json'])
      const { version } = live.status
      writeFileSync(join(directory, 'nsexception.json'), text)
      const edited = performance.now()
      let longest = 0
      for (let last = edited; live.status.version === version; ) {
        await turn()
        const now = performance.now()
        longest = Math.max(longest, now - last)
        last = now
      }
      if (round === 0) continue
      inForce.push(performance.now() - edited)
      pauses.push(longest)
    }
    await live.close()
    return { inForceMs: summarize(inForce).median, longestPauseMs: summarize(pauses).median }
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
process.exit(0)
