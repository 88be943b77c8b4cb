/** The lines real clients wrote while they looked for a gateway, written again by ours: whole lines of the founding document. */

import t from 'tap'
import { dtlsUnavailable } from '../../agent/tunnel/dtls/openssl.js'
import { DEFAULT_POP_TABLE } from '../../gateway/pops/default-pops.js'
import { clientConfig, withPops } from '../support/lab-files.js'
import { GOLDEN_LINES } from '../support/log-lines.js'
import { type TestLab, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const GATEWAY = /gateway-\w*\.goskope\.com/g
const BEGIN = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\.\d{3} stAgentSvc p([0-9a-f]+) t[0-9a-f]+ /

/** The founding document's POP. */
const [NEAREST] = DEFAULT_POP_TABLE.pops
const DOCUMENTED = { pops: [{ ...NEAREST!, address: '8.36.116.35' }] }

/** A line without what may differ: its stamp, pid and tid, and the tenant in the gateway's name. */
function sameIn(line: string): string {
  return line.replace(BEGIN, '* stAgentSvc p* t* ').replace(GATEWAY, 'gateway-*.goskope.com')
}

/** The golden lines of a day. */
function goldenOf(day: string): readonly string[] {
  return GOLDEN_LINES.filter((line) => line.startsWith(day))
}

/** So many lines of the log from the first on that has `part`, waiting until they are there. */
async function linesFrom(lab: TestLab, part: string, count: number): Promise<readonly string[]> {
  let lines: readonly string[] = []
  await waitUntil(async () => {
    const all = await lab.logLines()
    const from = all.findIndex((line) => line.includes(part))
    lines = from === -1 ? [] : all.slice(from, from + count)
    return lines.length === count
  })
  return lines
}

/** The pids of lines. */
function pidsOf(lines: readonly string[]): readonly string[] {
  return [...new Set(lines.map((line) => BEGIN.exec(line)?.[1] ?? line))]
}

void t.test('EDNS, as the founding document has it', (t) =>
  withLab(
    t,
    async (lab) => {
      const golden = goldenOf('2019/10/17')
      const lines = await linesFrom(lab, 'Connecting to', golden.length)
      t.equal(golden.length, 5, 'the document has five lines')
      t.strictSame(lines.map(sameIn), golden.map(sameIn))
      t.equal(pidsOf(lines).length, 1, 'by one process, as there')
    },
    { flags: ['--lab', ...withPops(t, DOCUMENTED), '--profile', 'windows-2019'] },
  ),
)

void t.test('LDNS when DNS over HTTPS does not answer, as the founding document has it', (t) =>
  withLab(
    t,
    async (lab) => {
      const golden = goldenOf('2019/10/14')
      await lab.cli(['disable'])
      await lab.cli(['fault', 'doh', 'time-out'])
      await lab.cli(['enable'])
      const lines = await linesFrom(lab, 'curl_easy_perform failed', golden.length)
      t.equal(golden.length, 5, 'the document has five lines')
      t.strictSame(lines.map(sameIn), golden.map(sameIn))
      t.equal(pidsOf(lines).length, 1, 'by one process, as there')
      await waitUntil(async () => (await lab.status()).tunnel.state === 'connected')
      t.match(JSON.parse((await lab.cli(['pop', '--json'])).stdout), {
        switches: [{ method: 'edns' }, { method: 'ldns' }],
      })
    },
    {
      flags: ['--lab', ...withPops(t, DOCUMENTED), '--profile', 'windows-2019'],
      files: { 'nsconfig.json': clientConfig({ protocol: 'dtls' }), 'steerlab.json': { pop: { timeoutSeconds: 1 } } },
    },
  ),
)

/** The order of client-behaviour 3.2, in the words of those who have seen a real client's. */
const GSLB = [
  'gslb [NSClient] Pops fetched begin',
  ...DEFAULT_POP_TABLE.pops.map(
    ({ name, address }) => `gslb [NSClient]: post client rtt pop:${name} ip:${address} rtt:*`,
  ),
  'gslb [NSClient]: curPop:US-ORD2 modified',
  'nsTunnel DTLS Connecting to gateway-ord2.goskope.com:443',
  'nsssl DTLS remote host gateway-ord2.goskope.com resolved to 163.116.249.35, port 443',
  'nsTunnel DTLS SSL connected to the gslbgw server: gateway-ord2.goskope.com(163.116.249.35):443 successfully',
  'nsTunnel DTLS Tunnel established to gateway: gateway-ord2.goskope.com, pop: US-ORD2',
  'CTunnelMgr Tunnel Up',
]

void t.test('GSLB, in the words and the order that are public', { skip: (await dtlsUnavailable()) ?? false }, (t) =>
  withLab(
    t,
    async (lab) => {
      const lines = await linesFrom(lab, 'Pops fetched begin', GSLB.length)
      const said = lines.map((line) => line.replace(BEGIN, '').replace(/rtt:\d+$/, 'rtt:*'))
      t.strictSame(
        said.map((line) => line.replace(/^info \w+\.cpp:\d+ /, '')),
        GSLB,
      )
      const [golden = ''] = GOLDEN_LINES.filter((line) => line.includes('SSL connected to the gslbgw server'))
      t.ok(said.includes(golden.replace(BEGIN, '')), 'the one that is public whole is written to the letter')
      t.ok(golden.includes('gateway-ord2.goskope.com(163.116.249.35):443'))

      await lab.cli(['pop', '--now'])
      const again = (await lab.logLines('gslb ')).slice(GSLB.findIndex((line) => line.startsWith('nsTunnel')))
      t.match(again.at(0), / gslb \[NSClient\] Pops fetched begin$/)
      t.match(again.at(-1), / gslb \[NSClient\]: curPop:US-ORD2 not modified$/, 'looked for again, it stays')
      t.equal((await lab.logLines('Connecting to')).length, 1)
    },
    {
      files: {
        'nsconfig.json': clientConfig({ protocol: 'dtls' }),
        'steerlab.json': { pop: { pinned: 'US-ORD2' } },
      },
    },
  ),
)
