/** `steerlab pop` and the table of POPs: which one is chosen, and why. */

import t from 'tap'
import type { AgentPops } from '../../agent/running-agent.js'
import { DEFAULT_POP_TABLE } from '../../gateway/pops/default-pops.js'
import { edit, popsApart, popsFile, withPops } from '../support/lab-files.js'
import { type TestLab, withHome, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

/** US-ORD1, US-ORD2 and US-STL1: 0, 60 and 120 ms away. */
const POPS = { pops: popsApart(3) }

async function popsOf(lab: TestLab, ...args: readonly string[]): Promise<AgentPops> {
  return JSON.parse((await lab.cli(['pop', '--json', ...args])).stdout)
}

async function fault(lab: TestLab, ...args: readonly string[]): Promise<void> {
  await lab.cli(['fault', ...args])
}

void t.test('the POP is chosen by round trip, and left for a much better one', (t) =>
  withLab(
    t,
    async (lab) => {
      const first = await popsOf(lab)
      t.match(first, {
        selection: {
          method: 'gslb',
          egressIp: '198.51.100.7',
          country: 'US',
          chosen: 'US-ORD1',
          why: /^US-ORD1 answers first \([\d.]+ ms\)$/,
          pops: [
            { name: 'US-ORD1', gateway: 'gateway-ord1.goskope.com', ip: '163.116.133.35', port: 443, distance: 15.88 },
            { name: 'US-ORD2', rttMs: Number },
            { name: 'US-STL1', rttMs: Number },
          ],
        },
        switches: [{ from: '', to: 'US-ORD1', ip: '163.116.133.35', method: 'gslb' }],
        tunnel: { state: 'connected', pop: 'US-ORD1', transport: 'TLS' },
      })
      const [, second = 0, third = 0] = first.selection?.pops.map(({ rttMs }) => rttMs ?? 0) ?? []
      t.ok(second >= 60 && third >= 120, `round trips are as the table has them: ${second} and ${third} ms`)
      const { stdout: text } = await lab.cli(['pop'])
      t.match(
        text,
        /^US-ORD1: connected over .*\nchosen .*Z by gslb: US-ORD1; US-ORD1 answers first .*\nthis client is 198\.51\.100\.7 in US\n/,
      )
      t.match(
        text,
        /^\* {2}US-ORD1 {2}gateway-ord1\.goskope\.com {2}163\.116\.133\.35 {2}16 /m,
        'the one in use is marked',
      )

      await fault(lab, 'pop', 'US-ORD1', 'rtt', '110')
      const stayed = await popsOf(lab, '--now')
      t.equal(stayed.tunnel.pop, 'US-ORD1', 'a POP that is a little slower is not left')
      t.match(stayed.selection?.why, /^stays at US-ORD1: [\d.]+ ms is not 100 ms slower than US-ORD2's [\d.]+ ms$/)
      t.equal(stayed.switches.length, 1)

      await fault(lab, 'pop', 'US-ORD1', 'rtt', '300')
      const left = await popsOf(lab, '--now')
      t.match(left.tunnel, { state: 'connected', pop: 'US-ORD2', sessionId: 2 })
      t.match(left.selection?.why, /^US-ORD2 answers first \([\d.]+ ms\), and US-ORD1 takes [\d.]+ ms$/)
      t.match(left.switches.slice(1), [{ from: 'US-ORD1', to: 'US-ORD2', why: left.selection?.why }])
      t.match((await lab.cli(['pop'])).stdout, /^\S+Z {2}US-ORD1 {2}US-ORD2 .* and US-ORD1 takes/m)

      await fault(lab, 'clear')
      await fault(lab, 'pop', 'US-ORD2', 'rtt', '300')
      t.equal((await popsOf(lab, '--now')).tunnel.pop, 'US-ORD1', 'and it is come back to in the same way')
      const told = (await lab.logLines('curPop:')).map((line) => line.replace(/^.*curPop:/, ''))
      t.strictSame(told, ['US-ORD1 modified', 'US-ORD1 not modified', 'US-ORD2 modified', 'US-ORD1 modified'])
    },
    // Far above what a busy machine adds to a round trip.
    { flags: ['--lab', ...withPops(t, POPS)], files: { 'steerlab.json': { pop: { switchMarginMs: 100 } } } },
  ),
)

void t.test('a POP that is pinned is used whatever its round trip, from the edit on', (t) =>
  withLab(
    t,
    async (lab) => {
      t.equal((await popsOf(lab)).tunnel.pop, 'US-ORD1')
      const uses = async (pop: string) => (await popsOf(lab)).tunnel.pop === pop
      await edit(lab, 'steerlab.json', { pop: { pinned: 'US-STL1' } })
      await waitUntil(() => uses('US-STL1'))
      t.equal((await popsOf(lab)).selection?.why, 'US-STL1 is pinned')
      await edit(lab, 'steerlab.json', { pop: { pinned: 'JP-NRT1' } })
      await waitUntil(() => uses('US-ORD1'))
      t.match((await popsOf(lab)).selection?.why, /^JP-NRT1 is pinned, and not in the list: US-ORD1 answers first/)
    },
    { flags: ['--lab', ...withPops(t, POPS)] },
  ),
)

void t.test('a table of POPs', async (t) => {
  await t.test('with mistakes is refused', (t) =>
    withHome(t, async (home) => {
      const [pop] = DEFAULT_POP_TABLE.pops
      const refused = (text: string) => home.cli(['up', '--lab', '--pops', popsFile(t, text)])
      const pops = [pop, { ...pop, gateway: 'gateway.example.com', rttMs: -1 }]
      const { code, stderr } = await refused(JSON.stringify({ pops }, null, 2))
      t.equal(code, 2)
      t.match(stderr, /^steerlab: The POP table \S+pops\.json cannot be used:\n\S*pops\.json:\d+: \$\.pops/)
      for (const what of ['$.pops[1].name', '$.pops[1].gateway', '$.pops[1].address', '$.pops[1].rttMs'])
        t.ok(stderr.includes(what), what)
      t.match(await refused('{'), { code: 2, stderr: /pops\.json:1/ })
      t.match(await home.cli(['up', '--lab', '--pops', '/nowhere/pops.json']), {
        code: 2,
        stderr: /^steerlab: the POP table \/nowhere\/pops.json cannot be read: .*\n$/,
      })
    }),
  )

  await t.test('says where its clients are, and so which POPs are near', (t) =>
    withLab(
      t,
      async (lab) => {
        const { selection } = await popsOf(lab)
        t.match(selection, { egressIp: '192.0.2.10', country: 'GB', chosen: 'US-ORD1' })
        const names = selection?.pops.map(({ name }) => name) ?? []
        t.strictSame(names.slice(0, 4), ['UK-LON2', 'FR-PAR1', 'NL-AMS1', 'DE-FRA1'], 'those of Europe first')
        t.equal(names.length, DEFAULT_POP_TABLE.pops.length)
      },
      { flags: ['--lab', ...withPops(t, { egress: '192.0.2.10' })] },
    ),
  )
})
