/** The real lnav reads the log with our format file: every line a record, flows and tunnel in columns. */

import t from 'tap'
import { parseRecord } from '../../../agent/log/record.js'
import { CASE_PREFIX, FLOW_CASES } from '../../support/flow-lines.js'
import { Lnav, lnavFormat } from '../../support/lnav.js'
import { FRAGMENTS, GOLDEN_LINES } from '../../support/log-lines.js'
import { lacking } from '../../support/needs.js'
import { TUNNEL_CASES } from '../../support/tunnel-lines.js'

const skip = lacking('lnav')

// lnav takes a line that is older than the one before for a mistake of the clock; the golden lines are of many logs.
const GOLDEN = [...GOLDEN_LINES].sort()
const CASES = [...FLOW_CASES, ...TUNNEL_CASES]
const CASE_LINES = CASES.map(({ text }) => `${CASE_PREFIX} ${text}`)

/** The columns of flows and tunnel; the words of the log are a flow's verdict or an event. */
const SAID = `words transport session process host source_ip source_port dest_ip dest_port via gateway gateway_ip
  gateway_port pop method context err rtt`.split(/\s+/)

/** What is not null, and not empty, which lnav makes of a host that is not there. */
function given(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== ''))
}

void t.test('lnav finds nothing to say about the format, but does about a wrong sample', { skip }, async (t) => {
  t.match(await new Lnav(t.testdir()).check(), { code: 0, stdout: '', stderr: '' })
  const wrong = new Lnav(t.testdir(), (text) => text.replace('"line": "2024/04/28', '"line": "yesterday'))
  const { code, stderr } = await wrong.check()
  t.equal(code, 1)
  t.match(stderr, /sample does not match any patterns/)
})

void t.test('every golden line is a record with time, level and columns, with CRLF too', { skip }, async (t) => {
  const sql = 'SELECT log_time, log_level, log_opid, writer, pid, tid, file, line, component, log_body FROM nsdebuglog'
  const expected = GOLDEN.map((line) => {
    const parsed = parseRecord(line)
    if (!('record' in parsed)) throw new Error(line)
    const { record } = parsed
    return {
      log_time: new Date(record.time / 1000).toISOString().replace('T', ' ').slice(0, 23),
      log_level: record.level,
      log_opid: record.tid.toString(16),
      writer: record.process,
      pid: record.pid.toString(16),
      tid: record.tid.toString(16),
      file: record.file,
      line: record.line,
      component: record.component,
      log_body: record.message,
    }
  })
  for (const eol of ['\n', '\r\n']) {
    const rows = await new Lnav(t.testdir()).query(sql, GOLDEN.map((line) => line + eol).join(''))
    // lnav hands a body on with its carriage return.
    const bodies = rows.map((row) => ({ ...row, log_body: String(row['log_body']).replace(/\r$/, '') }))
    t.strictSame(bodies, expected, JSON.stringify(eol))
  }
})

void t.test('levels, in words and numbers', { skip }, async (t) => {
  const levels = ['critical', 'error', 'warning', 'info', 'debug']
  const lines = ['1', '2', '3', '4', '5', ...levels].map((level) => `${CASE_PREFIX} nsTunnel x`.replace('info', level))
  const rows = await new Lnav(t.testdir()).query('SELECT log_level FROM nsdebuglog', `${lines.join('\n')}\n`)
  t.strictSame(
    rows.map((row) => row['log_level']),
    [...levels, ...levels],
  )
})

void t.test('flows and tunnel are in columns, with CRLF too', { skip }, async (t) => {
  // Objects made by SQLite keep the types of values; lnav's own JSON has the types of the first row.
  const pairs = SAID.map((column) => `'${column}', ${column}`).join(', ')
  const sql = `SELECT json_object(${pairs}) AS said FROM (SELECT *, coalesce(verdict, event) AS words FROM nsdebuglog)`
  for (const eol of ['\n', '\r\n']) {
    const rows = await new Lnav(t.testdir()).query(sql, CASE_LINES.map((line) => line + eol).join(''))
    t.equal(rows.length, CASES.length)
    for (const [i, { sentence, says }] of CASES.entries())
      t.strictSame(given(Object(rows[i]?.['said'])), given({ ...says }), `${sentence} ${JSON.stringify(eol)}`)
  }
})

void t.test('verdict is of flows, event of the tunnel, other lines have neither', { skip }, async (t) => {
  const sql =
    'SELECT verdict IS NULL AS v, event IS NULL AS e, count(*) AS n FROM nsdebuglog GROUP BY v, e ORDER BY v, e'
  const others = [`${CASE_PREFIX} BypassAppMgr Found process: a to be bypassed`, `${CASE_PREFIX} CTunnelMgr Tunnel Up`]
  const rows = await new Lnav(t.testdir()).query(sql, `${[...CASE_LINES, ...others].join('\n')}\n`)
  t.strictSame(rows, [
    { v: 0, e: 1, n: FLOW_CASES.length },
    { v: 1, e: 0, n: TUNNEL_CASES.length },
    { v: 1, e: 1, n: others.length },
  ])
})

void t.test('a foreign line is no record: it belongs to the one before', { skip }, async (t) => {
  const count = 'SELECT count(*) AS n FROM nsdebuglog'
  const foreign = ['  "os": "Windows",', 'Jan 15 16:17:14 host sshd[12]: hello', GOLDEN[0]!.replace(' 4 ', ' warn ')]
  t.strictSame(await new Lnav(t.testdir()).query(count, `${foreign.join('\n')}\n`), [{ n: 0 }])
  const mixed = [CASE_LINES[0], ...foreign, CASE_LINES[1]]
  const rows = await new Lnav(t.testdir()).query('SELECT log_text FROM nsdebuglog', `${mixed.join('\n')}\n`)
  t.strictSame(
    rows.map((row) => row['log_text']),
    [[CASE_LINES[0], ...foreign].join('\n'), CASE_LINES[1]],
  )
  const whole = FRAGMENTS.filter((line) => 'record' in parseRecord(line))
  t.strictSame(await new Lnav(t.testdir()).query(count, `${FRAGMENTS.join('\n')}\n`), [{ n: whole.length }])
})

// lnav tries the pattern first that matched last: were two to match a line, its neighbours would decide its columns.
void t.test('a line matches one pattern, wherever it is cut', async (t) => {
  // PCRE's dot takes all but a line feed, as JavaScript's does with the flag `s` where there is none.
  const patterns = Object.values(lnavFormat().regex).map(({ pattern }) => new RegExp(pattern, 's'))
  const prefixed = FRAGMENTS.map((fragment) => `${CASE_PREFIX} ${fragment}`)
  for (const line of [...GOLDEN, ...CASE_LINES, ...prefixed]) {
    const prefix = / \w+\.\w+:\d+ \S+ /.exec(line)!
    for (let end = prefix.index + prefix[0].length; end <= line.length; end++) {
      const matching = patterns.filter((pattern) => pattern.test(line.slice(0, end))).length
      if (matching !== 1) t.equal(matching, 1, line.slice(0, end))
    }
  }
  t.ok(patterns.length > 10)
})

void t.test('every column is described, and highlights fall on what they are for', async (t) => {
  const { regex, value, highlights } = lnavFormat()
  const captured = new Set(
    Object.values(regex).flatMap(({ pattern }) => [...pattern.matchAll(/\(\?<(\w+)>/g)].map((m) => m[1])),
  )
  for (const own of ['timestamp', 'level', 'body']) t.ok(captured.delete(own), `${own} is lnav's own`)
  t.strictSame([...captured].sort(), Object.keys(value).sort())
  const lit = (name: string, sentence: string) =>
    new RegExp(highlights[name]!.pattern).test(CASES.find((each) => each.sentence === sentence)!.text)
  t.ok(lit('bypass', 'pinned, bypassed'))
  t.ok(lit('bypass', 'exception address'))
  t.notOk(lit('bypass', 'pinned, tunnelled'), 'that flow goes through the tunnel')
  t.ok(lit('drop', 'UDP, blocked'))
  t.notOk(lit('drop', 'private address'))
  t.ok(lit('failure', 'gateway not found'))
  t.notOk(lit('failure', 'connected'))
})
