/**
 * What another configuration would change, held against naive code that decides line after line: logs of every scenario
 * and profile, and configurations with any edits.
 */

import { isIP } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import type { Configuration } from '../../../../agent/config/configuration.js'
import { PROFILE_NAMES } from '../../../../agent/log/profiles.js'
import { SCENARIOS } from '../../../../agent/synth/scenarios.js'
import { foundChanges, type NaiveFlow, naiveChanges, naiveFlows, sorted, sum } from '../../../support/naive-what-if.js'
import { replayedLog } from '../../../support/replayed-log.js'

/** Any edits, of hosts, addresses and programs that the log has. */
function edits(flows: readonly NaiveFlow[], { pinned, exceptions, ...files }: Configuration) {
  const some = <Value>(values: readonly Value[]) => fc.subarray([...new Set(values)], { maxLength: 4 })
  const hosts = flows.flatMap(({ host }) => (host.includes('.') ? [host, `*${host.slice(host.indexOf('.'))}`] : []))
  const addresses = flows.map(({ ip }) => ip).filter((ip) => ip !== '')
  const blocks = addresses.filter((ip) => isIP(ip) === 4).map((ip) => `${ip}/20`)
  const lists = fc.record({
    names: some(hosts),
    ips: some([...addresses, ...blocks]).map((ips) => ips.map((value) => ({ type: 'ip', value }))),
    categories: some(hosts).map((domains) => [{ name: 'Some', domains }]),
    source_locations: fc.constantFrom([], ['192.168.0.0/16'], ['10.0.0.0/8', '2001:db8::/32']),
  })
  const apps = some(flows.map(({ process }) => process)).chain((processes) =>
    fc.tuple(
      ...processes.map((processName) =>
        fc.record({
          action: fc.constantFrom(1, 2, 3),
          appName: fc.constant('Some'),
          app_domains: fc.constantFrom(['*'], [hosts[0] ?? 'a.example'], ['com']),
          mode: fc.constantFrom('direct', 'tunnel'),
          processName: fc.constant(processName),
        }),
      ),
    ),
  )
  const onPrem = fc.record({ traffic_mode: fc.constantFrom('web', 'all') })
  return fc
    .record({
      lists,
      apps,
      keepsNames: fc.boolean(),
      keepsApps: fc.boolean(),
      mode: fc.constantFrom('all', 'web', 'cloud-apps'),
      dynamic: fc.constantFrom(0, 1),
      onPrem,
      udp: fc.constantFrom('0', '1'),
    })
    .map((edit): Configuration => {
      const { names, ips, ...others } = edit.lists
      const changed = {
        ...files,
        exceptions: {
          ...exceptions,
          ...others,
          names: edit.keepsNames ? [...exceptions.names, ...names] : names,
          ips: edit.keepsNames ? [...ips, ...exceptions.ips] : ips,
        },
        pinned: { certPinnedAppList: edit.keepsApps ? [...edit.apps, ...pinned.certPinnedAppList] : edit.apps },
        client: { ...files.client, supportUDPExceptions: edit.udp },
        steering: {
          ...files.steering,
          traffic_mode: edit.mode,
          domains: ['office.com', 'google.com'],
          dynamic_steering: edit.dynamic,
          on_prem: edit.onPrem,
        },
      }
      return changed as unknown as Configuration
    })
}

for (const [i, scenario] of [...SCENARIOS.keys()].entries())
  void t.test(`${scenario}: the same as line by line`, async (t) => {
    const profile = PROFILE_NAMES[i % PROFILE_NAMES.length]!
    const log = replayedLog({ profile, scenario, seed: 'brute', lines: 2000, truth: true })
    const flows = naiveFlows(log.truth)
    const unchanged = foundChanges(log, log.configuration, log.configuration).answer
    t.equal(unchanged.totals.flows, flows.length, `${profile}: every flow is replayed`)
    t.strictSame([unchanged.totals.changed, unchanged.totals.otherRule], [0, 0], 'nothing changes by nothing')
    t.strictSame(unchanged.disagreements, [], 'and the log is of that configuration')
    t.strictSame(foundChanges(log, log.configuration).answer.changes, [], 'nor against the log alone')
    let changes = 0
    fc.assert(
      fc.property(edits(flows, log.configuration), (edited) => {
        for (const before of [undefined, log.configuration]) {
          const naive = naiveChanges(flows, edited, before)
          const { answer, counts } = foundChanges(log, edited, before)
          changes += naive.size
          if (answer.totals.changed !== sum(naive)) throw new Error(`${answer.totals.changed} of ${sum(naive)}`)
          const [found, expected] = [sorted(counts), sorted(naive)].map((rows) => JSON.stringify(rows))
          if (found !== expected) throw new Error(`${found}\n${expected}`)
        }
      }),
      { numRuns: 4, seed: 7 },
    )
    t.ok(changes > 100, `${changes} rows compared`)
  })
