/** The Linux client's commands. */

import t from 'tap'
import type { NsdiagAction } from '../../../scripts/diag/nsdiag-action.js'
import { readVerb, VERBS } from '../../../scripts/diag/nsdiag-verbs.js'

const COMMANDS: readonly [line: string, action: NsdiagAction][] = [
  ['enable', { do: 'switch', to: 'enable', asVerb: true }],
  ['disable', { do: 'switch', to: 'disable', asVerb: true }],
  ['show-status', { do: 'show-status' }],
  ['show-config', { do: 'show-config' }],
  ['update-config', { do: 'update' }],
  ['show-blocked-event', { do: 'show-blocked' }],
  ['set-log-level warning', { do: 'log-level', level: 'warning' }],
  ['save-logs', { do: 'save-logs', file: 'nslogs.zip' }],
  ['save-logs a/b.zip', { do: 'save-logs', file: 'a/b.zip' }],
  ['start-pkt inner', { do: 'capture-start', kind: 'inner', request: {} }],
  ['start-pkt outer', { do: 'capture-start', kind: 'outer', request: {} }],
  ['stop-pkt', { do: 'capture-stop' }],
  ['stop-pkt outer', { do: 'capture-stop', kind: 'outer' }],
  ['start-speedtest', { do: 'speed-test', direction: 'download', bytes: 10_485_760 }],
  ['start-speedtest upload 1mb', { do: 'speed-test', direction: 'upload', bytes: 1_048_576 }],
  ['show-pa', { do: 'private-access' }],
]

void t.test('every command is there', async (t) => {
  for (const [line, action] of COMMANDS) t.strictSame(readVerb(line.split(' ')).action, action, line)
  const tried = new Set(COMMANDS.map(([line]) => line.split(' ')[0]))
  t.strictSame([...tried].sort(), Object.keys(VERBS).sort(), 'and each is tried here')
})

void t.test('what is none', async (t) => {
  const cases: readonly [line: string, message: RegExp][] = [
    ['show-everything', /^there is no command "show-everything"/],
    ['Enable', /^there is no command "Enable"; enable is one, and case counts;/],
    ['toString', /^there is no command "toString"/],
    ['set-log-level', /^set-log-level needs LEVEL/],
    ['set-log-level loud', /^set-log-level takes critical, /],
    ['start-pkt', /^start-pkt needs inner\|outer/],
    ['start-pkt both', /^start-pkt takes inner or outer, and not "both"/],
    ['stop-pkt both', /^stop-pkt takes inner or outer, and not "both"/],
    ['stop-pkt inner outer', /^stop-pkt does not go with "outer"/],
    ['start-speedtest 1mb', /^start-speedtest takes upload or download/],
    ['save-logs a b', /^save-logs does not go with "b"/],
  ]
  for (const [line, message] of cases) t.throws(() => readVerb(line.split(' ')), { code: 'bad-nsdiag', message }, line)
})
