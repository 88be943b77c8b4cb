import t from 'tap'
import { LogAnalysis } from '../../../agent/log/report/log-analysis.js'
import type { LogPart } from '../../../scripts/logs/log-set.js'
import { readLogs } from '../../../scripts/logs/read-logs.js'

const LINE = '2024/04/28 11:02:28.408 stAgentSvc p17fc tb44 info bypassAppMgr.cpp:669 BypassAppMgr '
const PAIR = 'Bypassing connection by tunneling from process: a, host: b.example\n'
const FLOW = `${LINE}TLS [sessId 1] Tunneling flow from addr: 1.2.3.4:5, process: a to host: b.example, addr: 5.6.7.8:443 to nsProxy\n`

function part(name: string, ...chunks: readonly string[]): LogPart {
  return {
    name,
    open: async function* () {
      for (const chunk of chunks) yield Buffer.from(chunk)
    },
  }
}

void t.test('files of one log belong together, other logs do not', async (t) => {
  const analysis = new LogAnalysis()
  let bytes = 0
  const sets = [
    // A pair whose second line is in the next file, and a line cut between two chunks.
    { name: 'one', parts: [part('1', LINE + PAIR), part('0', FLOW.slice(0, 50), FLOW.slice(50))] },
    // The first line of a pair, which the second line in another log is not part of.
    { name: 'two', parts: [part('a', LINE + PAIR)] },
    { name: 'three', parts: [part('b', FLOW)] },
  ]
  await readLogs(sets, analysis, (more) => {
    bytes += more
  })
  const report = analysis.result()
  t.match(report.flows.byVerdict, { 'pinned-tunnel': 2, nsProxy: 1 })
  t.strictSame(
    report.files.map(({ name, lines }) => [name, lines]),
    [
      ['1', 1],
      ['0', 1],
      ['a', 1],
      ['b', 1],
    ],
  )
  t.equal(bytes, 2 * (LINE + PAIR + FLOW).length)
})

void t.test('a log that cannot be read to its end is told', async (t) => {
  const broken: LogPart = {
    name: 'x',
    open: async function* () {
      yield Buffer.from(FLOW)
      throw new Error('gone')
    },
  }
  await t.rejects(readLogs([{ name: 'x', parts: [broken] }], new LogAnalysis()), { message: 'gone' })
})
