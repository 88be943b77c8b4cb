/** The grok patterns read every real line, put flows and tunnel into fields, and stay within what all engines share. */

import t from 'tap'
import { parseRecord } from '../../../agent/log/record.js'
import { CASE_PREFIX, FLOW_CASES } from '../../support/flow-lines.js'
import { Grok, grokPatterns, realGrok } from '../../support/grok.js'
import { FRAGMENTS, GOLDEN_LINES } from '../../support/log-lines.js'
import { lacking } from '../../support/needs.js'
import { TUNNEL_CASES } from '../../support/tunnel-lines.js'

const PATTERNS = grokPatterns()
const LINE = new Grok(PATTERNS, 'NSDEBUG_LINE')

const CASES = [
  ...FLOW_CASES.map((each) => ({ ...each, words: 'ns_verdict' })),
  ...TUNNEL_CASES.map((each) => ({ ...each, words: 'ns_event' })),
]
const CASE_LINES = CASES.map(({ text }) => `${CASE_PREFIX} ${text}`)

void t.test('every golden line is read, with CRLF too', async (t) => {
  for (const line of GOLDEN_LINES) {
    const parsed = parseRecord(line)
    if (!('record' in parsed)) throw new Error(line)
    const { record, style } = parsed
    const expected = {
      ns_time: line.slice(0, style.precision + 20),
      ns_writer: record.process,
      ns_pid: record.pid.toString(16),
      ns_tid: record.tid.toString(16),
      ns_level: line.split(' ')[5],
      ns_file: record.file,
      ns_line: record.line,
      ns_component: record.component,
      ns_message: record.message,
    }
    for (const eol of ['', '\r', '\r\r']) {
      const fields = LINE.match(line + eol)
      t.strictSame(Object.fromEntries(Object.keys(expected).map((name) => [name, fields?.[name]])), expected, line)
    }
  }
})

void t.test('flows and tunnel are in fields, and nothing else is', async (t) => {
  for (const [i, { sentence, text, words, says }] of CASES.entries()) {
    const { words: said, ...fields } = says
    const named = Object.entries(fields).map(([name, value]) => [`ns_${name}`, value])
    const expected = {
      ns_time: '2026/01/15 16:17:14.932647',
      ns_writer: 'stAgentNE',
      ns_pid: '18280',
      ns_tid: '31163',
      ns_level: 'info',
      ns_file: 'bypassAppMgr.cpp',
      ns_line: 1634,
      ns_component: text.split(' ')[0],
      ns_message: text.slice(text.indexOf(' ') + 1),
      [words]: said,
      ...Object.fromEntries(named.filter(([, value]) => value !== '')),
    }
    for (const eol of ['', '\r']) t.strictSame(LINE.match(CASE_LINES[i] + eol), expected, sentence)
  }
})

void t.test('the form with no space before addr, through a proxy', async (t) => {
  const line = GOLDEN_LINES.find((each) => each.includes(',addr: '))
  t.match(LINE.match(line!), { ns_host: 'www.box.com', ns_dest_ip: '10.10.10.11', ns_dest_port: 8080 })
})

void t.test('a flow cut anywhere is a record still, with its message and no half fields', async (t) => {
  const line = CASE_LINES[0]!
  for (let end = CASE_PREFIX.length + ' nsTunnel D'.length; end < line.length - ' to nsProxy'.length; end++) {
    const fields = LINE.match(line.slice(0, end))
    t.equal(fields?.['ns_message'], line.slice(CASE_PREFIX.length + ' nsTunnel '.length, end))
    if (!/addr: .*addr: \S+:\d/.test(line.slice(0, end))) t.notOk(fields && 'ns_verdict' in fields, line.slice(0, end))
  }
})

void t.test('lines that follow a record are kept apart from it', async (t) => {
  const dump = `${CASE_PREFIX} deviceId device info summary (len: 4728): {`
  for (const eol of ['\n', '\r\n']) {
    const block = [dump, '  "os": "Windows",', '}'].join(eol)
    const more = ['  "os": "Windows",', '}'].join(eol)
    const found = LINE.match(block)
    t.equal(found?.['ns_message'], 'device info summary (len: 4728): {')
    t.equal(found?.['ns_more'], more)
    const flow = LINE.match(`${CASE_LINES[0]}${eol}foreign`)
    t.strictSame(
      flow,
      { ...LINE.match(CASE_LINES[0]!), ns_more: 'foreign' },
      'the flow is read in spite of what follows',
    )
  }
  t.equal(LINE.match(`${CASE_PREFIX} x a\rb\r`)?.['ns_message'], 'a\rb', 'a stray carriage return')
})

const FOREIGN = [
  '',
  '  "os": "Windows",',
  'Jan 15 16:17:14 host sshd[12]: hello',
  CASE_PREFIX,
  `x${CASE_LINES[0]}`,
  `\n${CASE_LINES[0]}`,
  CASE_LINES[0]!.replace(' info ', ' warn '),
  CASE_LINES[0]!.replace('.cpp', '.js'),
  CASE_LINES[0]!.replace('.932647', '.9326'),
]

void t.test('a foreign line is not read', async (t) => {
  for (const line of FRAGMENTS)
    t.equal(LINE.match(line) !== undefined, 'record' in parseRecord(line), `fragment ${line}`)
  for (const line of FOREIGN) t.equal(LINE.match(line), undefined, JSON.stringify(line))
})

void t.test('grok itself finds the same', { skip: lacking('grok') }, async (t) => {
  const foreign = FOREIGN.filter((line) => !line.includes('\n'))
  const found = await realGrok(t.testdir(), [...GOLDEN_LINES, ...CASE_LINES, ...foreign])
  t.equal(found.size, GOLDEN_LINES.length + CASE_LINES.length, 'and nothing in foreign lines')
  for (const line of [...GOLDEN_LINES, ...CASE_LINES]) t.strictSame(found.get(line), LINE.match(line), line)
})

void t.test('the patterns need nothing of other files or of one engine', async (t) => {
  const used = new Set<string>(['NSDEBUG_LINE'])
  for (const [name, pattern] of PATTERNS) {
    t.match(name, /^NSDEBUG_[A-Z_]+$/)
    for (const [, reference = ''] of pattern.matchAll(/%\{(\w+)/g)) used.add(reference)
    t.notMatch(pattern, /\(\?(?!:)/, `${name}: no look-around, no atomic group, no flag, no name`)
    t.notMatch(pattern, /[*+?}]\+/, `${name}: no possessive repetition`)
    t.notMatch(pattern.replace(/\[\^/g, '['), /[\^$]|\\[bBZG1-9]/, `${name}: no anchor whose meaning differs`)
  }
  t.strictSame(
    [...used].sort(),
    [...PATTERNS.keys()].sort(),
    'all that is used is there, and all that is there is used',
  )
})

void t.test('a long line takes no long time', async (t) => {
  const hostile = [
    ' '.repeat(200_000),
    '\r'.repeat(200_000),
    'a\r'.repeat(100_000),
    ', process: a to host: b'.repeat(2000),
  ]
  for (const text of hostile) {
    const begun = process.hrtime.bigint()
    t.ok(LINE.match(`${CASE_PREFIX} nsTunnel Tunneling flow from addr: 192.0.2.1:1${text}`))
    t.ok(Number(process.hrtime.bigint() - begun) < 2e9, `${JSON.stringify(text.slice(0, 24))} and so on`)
  }
})
