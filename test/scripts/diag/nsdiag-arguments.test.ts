/** The command line of nsdiag: the documented options, and what is none. */

import fc from 'fast-check'
import t from 'tap'
import { SteerError } from '../../../agent/errors.js'
import type { NsdiagAction } from '../../../scripts/diag/nsdiag-action.js'
import { NSDIAG_OPTIONS, readNsdiag } from '../../../scripts/diag/nsdiag-arguments.js'

const MEGABYTE = 1024 * 1024

/** Without what is undefined: a request that was not told. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const read = (line: string) => readNsdiag(line === '' ? [] : line.split(' '))

const ACTIONS: readonly [line: string, action: NsdiagAction][] = [
  ['-f', { do: 'details' }],
  ['-n', { do: 'private-access' }],
  ['-u', { do: 'update' }],
  ['-l debug', { do: 'log-level', level: 'debug' }],
  ['-l critical', { do: 'log-level', level: 'critical' }],
  ['-m 1', { do: 'log-size', megabytes: 1 }],
  ['-m 1024', { do: 'log-size', megabytes: 1024 }],
  ['-o bundle.zip', { do: 'save-logs', file: 'bundle.zip' }],
  ['-o /tmp/bundle.zip', { do: 'save-logs', file: '/tmp/bundle.zip' }],
  ['-c start', { do: 'capture-start', kind: 'inner', request: {} }],
  ['-c start -s 60', { do: 'capture-start', kind: 'inner', request: { snapLength: 60 } }],
  ['-o f.pcap -c start', { do: 'capture-start', kind: 'inner', request: { file: 'f.pcap' } }],
  [
    '-c start -o f.pcap -s 262144 --keys --format pcap --size 5 --files 3',
    {
      do: 'capture-start',
      kind: 'inner',
      request: { file: 'f.pcap', snapLength: 262_144, maxBytes: 5_000_000, files: 3, format: 'pcap', keys: true },
    },
  ],
  ['-c stop', { do: 'capture-stop', kind: 'inner' }],
  ['-p start', { do: 'capture-start', kind: 'outer', request: {} }],
  ['-p start -s 20', { do: 'capture-start', kind: 'outer', request: { maxBytes: 20_000_000 } }],
  [
    '-p start --from socket --format=pcapng',
    { do: 'capture-start', kind: 'outer', request: { from: 'socket', format: 'pcapng' } },
  ],
  ['-p stop', { do: 'capture-stop', kind: 'outer' }],
  ['-d start', { do: 'driver-log', act: 'start' }],
  ['-d start -o d.log', { do: 'driver-log', act: 'start', file: 'd.log' }],
  ['-d stop', { do: 'driver-log', act: 'stop' }],
  ['-r https://box.com/x?y', { do: 'timing', url: 'https://box.com/x?y' }],
  ['-r box.com', { do: 'timing', url: 'http://box.com/' }],
  ['-g upload -s 1mb', { do: 'speed-test', direction: 'upload', bytes: MEGABYTE }],
  ['-g download -s 10mb', { do: 'speed-test', direction: 'download', bytes: 10 * MEGABYTE }],
  ['-s 100mb -g download', { do: 'speed-test', direction: 'download', bytes: 100 * MEGABYTE }],
  ['-x ^chrome chrome.exe', { do: 'match', pattern: '^chrome', text: 'chrome.exe' }],
  ['-x -f --home', { do: 'match', pattern: '-f', text: '--home' }],
  ['-t disable', { do: 'switch', to: 'disable', asVerb: false }],
  ['-t enable', { do: 'switch', to: 'enable', asVerb: false }],
  ['-v', { do: 'version' }],
  ['--version', { do: 'version' }],
  ['-h', { do: 'help' }],
  ['--help', { do: 'help' }],
  ['save-logs --help', { do: 'help' }],
  ['show-status', { do: 'show-status' }],
  ['save-logs x.zip', { do: 'save-logs', file: 'x.zip' }],
  [
    'start-pkt inner -o f.pcap -s 60',
    { do: 'capture-start', kind: 'inner', request: { file: 'f.pcap', snapLength: 60 } },
  ],
  ['start-pkt outer -s 20 --json', { do: 'capture-start', kind: 'outer', request: { maxBytes: 20_000_000 } }],
  ['stop-pkt inner', { do: 'capture-stop', kind: 'inner' }],
]

void t.test('what the options mean', async (t) => {
  for (const [line, action] of ACTIONS) t.strictSame(plain(read(line).action), action, line)
  t.match(readNsdiag(['-x', '', '']), { action: { do: 'match', pattern: '', text: '' } }, 'a pattern may be empty')
})

void t.test('home and JSON stand anywhere', async (t) => {
  t.match(read('-f --json --home /h'), { action: { do: 'details' }, json: true, home: '/h' })
  t.match(read('--home=/h -f'), { json: false, home: '/h' })
  t.match(read('--home /a show-config --json --home /b'), { json: true, home: '/b' }, 'of two homes the last')
})

const WRONG: readonly [line: string, why: RegExp][] = [
  ['', /^nsdiag needs an option that says what to do/],
  ['-s 60', /^nsdiag needs an option/],
  ['-F', /^there is no option -F; -f is one, and case counts/],
  ['-L debug', /^there is no option -L; -l is one, and case counts/],
  ['-w', /^there is no option -w;/],
  ['-fn', /^there is no option -fn;/],
  ['-ldebug', /^there is no option -ldebug;/],
  ['--details', /^there is no option --details;/],
  ['--constructor', /^there is no option --constructor;/],
  ['-f -n', /^-f and -n are two things to do/],
  ['-c start -p start', /^-c and -p are two things to do/],
  ['-f -f', /^-f is given twice/],
  ['-f more', /^-f does not go with "more"/],
  ['show-status -f', /^-f does not go with "show-status"/],
  ['-l', /^-l needs a value/],
  ['-l -f', /^-l needs a value/],
  ['-l DEBUG', /^-l takes critical, error, warning, info or debug, and not "DEBUG"; debug is one, and case counts;/],
  ['-m 0', /^-m takes a whole number from 1 to 1024, and not "0"/],
  ['-m 1025', /^-m takes a whole number from 1 to 1024/],
  ['-m -1', /^-m takes a whole number from 1 to 1024, and not "-1"/],
  ['-c start -s -5', /^-s takes a whole number from 14 to 262144, and not "-5"/],
  ['-c start -s -o', /^-s needs a value/],
  ['-c start -o -5', /^-o needs a value/],
  ['-m 1.5', /^-m takes a whole number/],
  ['-m 5MB', /^-m takes a whole number/],
  ['-o', /^-o needs a value/],
  ['-o x.zip --json', /^--json does not go with -o/],
  ['-o x.zip -s 5', /^-s does not go with -o/],
  ['-c', /^-c needs a value/],
  ['-c begin', /^-c takes start or stop, and not "begin"/],
  ['-c Start', /^-c takes start or stop/],
  ['-c start -o /tmp/f.pcap', /^-o: "\/tmp\/f.pcap" has a path; the file lands in the log directory/],
  ['-c start -s 13', /^-s takes a whole number from 14 to 262144/],
  ['-c start --from kernel', /^--from does not go with -c/],
  ['-c start --keys=yes', /^--keys takes no value/],
  ['-c start --format snoop', /^--format takes pcapng or pcap, and not "snoop"/],
  ['-c stop -s 60', /^-s does not go with -c stop/],
  ['-p start -o a/b', /has a path/],
  ['-p start -s 0', /^-s takes a whole number from 1 to 1000/],
  ['-p start --keys', /^--keys does not go with -p/],
  ['-d start -o a/b', /has a path/],
  ['-d stop -o a', /^-o does not go with -d stop/],
  ['-d pause', /^-d takes start or stop, and not "pause"/],
  ['-r ftp://box.com', /^-r takes a URL of http or https, and not "ftp:\/\/box.com"/],
  ['-r http://', /^-r takes a URL/],
  ['-r --json', /^-r needs a value/],
  ['-g upload', /^-g upload needs a size: -s 1mb, 10mb or 100mb/],
  ['-g upload -s 1MB', /; 1mb is one, and case counts;/],
  ['-g upload -s 2mb', /^the size takes 1mb, 10mb or 100mb, and not "2mb"/],
  ['-g sideways -s 1mb', /^-g takes upload or download, and not "sideways"/],
  ['-x pattern', /^-x needs a pattern and a text/],
  ['-x a b --json', /^--json does not go with -x/],
  ['-t off', /^-t takes enable or disable, and not "off"/],
  ['show-stat', /^there is no command "show-stat";/],
  ['SHOW-STATUS', /^there is no command "SHOW-STATUS"; show-status is one, and case counts;/],
  ['start-pkt inner --from kernel', /^--from does not go with start-pkt/],
  ['start-pkt outer -o a/b', /has a path/],
  ['stop-pkt -o a', /^-o does not go with stop-pkt/],
  ['show-status now', /^show-status does not go with "now"/],
]

void t.test('what is wrong is one sentence', async (t) => {
  for (const [line, message] of WRONG) t.throws(() => read(line), { code: 'bad-nsdiag', exitCode: 2, message }, line)
})

void t.test('nsclient is for commands', async (t) => {
  const message = /^nsclient needs a command: enable, disable, show-status, /
  t.throws(() => readNsdiag([], 'nsclient'), { code: 'bad-nsdiag', exitCode: 2, message })
  t.match(readNsdiag(['-o', 'x.zip'], 'nsclient'), { action: { do: 'save-logs' } })
})

void t.test('no command line makes it stumble', async () => {
  const word = fc.oneof(
    fc.constantFrom(...NSDIAG_OPTIONS, 'start', 'stop', 'upload', '1mb', '--', '-', ''),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
      try {
        return typeof readNsdiag(argv).action.do === 'string'
      } catch (error) {
        return error instanceof SteerError && error.code === 'bad-nsdiag' && !error.message.includes('\n')
      }
    }),
  )
})
