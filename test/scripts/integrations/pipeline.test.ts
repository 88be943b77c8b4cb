/** The Logstash pipeline takes every field that the patterns give, and makes ECS documents of them. */

import t from 'tap'
import { CATALOGUE } from '../../../agent/log/catalogue.js'
import { CASE_PREFIX, FLOW_CASES } from '../../support/flow-lines.js'
import { Grok, grokPatterns } from '../../support/grok.js'
import { GOLDEN_LINES } from '../../support/log-lines.js'
import { documentOf, RECORD_START, RENAMES, SUBSTITUTIONS, TIME_FORMS } from '../../support/pipeline.js'
import { TUNNEL_CASES } from '../../support/tunnel-lines.js'

const LINE = new Grok(grokPatterns(), 'NSDEBUG_LINE')
const CASES = [...FLOW_CASES, ...TUNNEL_CASES].map(({ text }) => `${CASE_PREFIX} ${text}`)
const LEVELS = ['critical', 'error', 'warning', 'info', 'debug']
const LEVELLED = ['1', '2', '3', '4', '5', ...LEVELS].map((level) => `${CASE_PREFIX} nsTunnel x`.replace('info', level))
const LINES = [...GOLDEN_LINES, ...CASES, ...LEVELLED]

void t.test('every field of the patterns has a place in the document, and no place is without a field', async (t) => {
  t.strictSame(RENAMES.map(([from]) => from).sort(), [...LINE.fields].sort())
})

void t.test('the document of a flow, under the names of ECS', async (t) => {
  const text =
    'nsTunnel DTLS [sessId 1] Tunneling flow from addr: 10.0.2.140:60894, process: chrome.exe to host: udc.yahoo.com, addr: 98.136.103.27:443 to nsProxy'
  const fields = LINE.match(`2024/04/28 11:02:28.409 stAgentSvc p17fc tb44 4 tunnel.cpp:878 ${text}\r`)
  t.strictSame(fields && documentOf(fields), {
    message: text.slice('nsTunnel '.length),
    'nsdebuglog.time': '2024/04/28 11:02:28.409',
    'nsdebuglog.writer': 'stAgentSvc',
    'nsdebuglog.pid': '17fc',
    'nsdebuglog.tid': 'b44',
    'log.level': 'info',
    'log.origin.file.name': 'tunnel.cpp',
    'log.origin.file.line': 878,
    'log.logger': 'nsTunnel',
    'event.action': 'flow-tunneled',
    'process.name': 'chrome.exe',
    'destination.domain': 'udc.yahoo.com',
    'source.ip': '10.0.2.140',
    'source.port': 60894,
    'destination.ip': '98.136.103.27',
    'destination.port': 443,
    'nsdebuglog.via': 'nsProxy',
    'nsdebuglog.transport': 'DTLS',
    'nsdebuglog.session': 1,
  })
})

void t.test('levels are words, and actions are events of the catalogue', async (t) => {
  const events = new Set<string>(CATALOGUE.map(({ event }) => event))
  const unused = new Set(SUBSTITUTIONS)
  for (const line of LINES) {
    const fields = LINE.match(line)!
    const { 'log.level': level, 'event.action': action } = documentOf(fields)
    t.ok(LEVELS.includes(String(level)), line)
    if (action !== undefined) t.ok(events.has(String(action)), `${action} of ${line}`)
    const words = [fields['ns_level'], fields['ns_verdict'], fields['ns_event']].map(String)
    for (const one of unused) if (words.some((word) => one.pattern.test(word))) unused.delete(one)
  }
  t.strictSame([...unused], [], 'every rule is for a line there is')
  t.strictSame(
    LEVELLED.map((line) => documentOf(LINE.match(line)!)['log.level']),
    [...LEVELS, ...LEVELS],
  )
})

void t.test('a record begins with a time in one of the two forms', async (t) => {
  for (const line of GOLDEN_LINES) {
    t.match(line, RECORD_START)
    const digits = String(LINE.match(line)?.['ns_time']).replace(/\d/g, '0')
    t.ok(TIME_FORMS.map((form) => form.replace(/[a-zA-Z]/g, '0')).includes(digits), line)
  }
  for (const line of ['', '  "os": "Windows",', '2024/04', ` ${GOLDEN_LINES[0]}`]) t.notMatch(line, RECORD_START)
})
