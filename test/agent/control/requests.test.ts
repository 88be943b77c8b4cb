/** What the control channel's methods may be asked with. */

import t from 'tap'
import {
  captureRequest,
  disableRequest,
  driverLogRequest,
  logRequest,
  popRequest,
  readParams,
  speedTestRequest,
} from '../../../agent/control/requests.js'

const SCHEMAS = {
  pop: popRequest,
  disable: disableRequest,
  log: logRequest,
  capture: captureRequest,
  'driver-log': driverLogRequest,
  'speed-test': speedTestRequest,
} as const

type Method = keyof typeof SCHEMAS
const read = (method: Method, params: unknown) => readParams<unknown>(method, SCHEMAS[method], params)

const GOOD: readonly [method: Method, params: unknown][] = [
  ['pop', undefined],
  ['pop', { now: true }],
  ['disable', undefined],
  ['disable', { password: '' }],
  ['disable', { password: 'x'.repeat(256) }],
  ['log', undefined],
  ['log', { level: 'critical' }],
  ['log', { megabytes: 1 }],
  ['capture', { kind: 'inner', act: 'start' }],
  [
    'capture',
    { kind: 'inner', act: 'start', file: 'a b.pcap', snapLength: 14, maxBytes: 65_536, files: 1, keys: true },
  ],
  ['capture', { kind: 'outer', act: 'start', format: 'pcap', from: 'kernel' }],
  ['capture', { kind: 'outer', act: 'stop' }],
  ['driver-log', { act: 'start' }],
  ['driver-log', { act: 'stop' }],
  ['speed-test', { direction: 'upload', bytes: 104_857_600 }],
]

void t.test('what may be asked', async (t) => {
  for (const [method, params] of GOOD) t.strictSame(read(method, params), params ?? {}, JSON.stringify(params))
})

const BAD: readonly [method: Method, params: unknown, why: string][] = [
  ['pop', false, 'expected object'],
  ['pop', [], 'expected object'],
  ['pop', { later: true }, '"later"'],
  ['disable', { password: 1 }, 'password: '],
  ['disable', { password: 'x'.repeat(257) }, 'password: '],
  ['log', { level: 'INFO' }, 'level: '],
  ['log', { megabytes: 0 }, 'megabytes: a whole number from 1 to 1024 is allowed'],
  ['log', { megabytes: 1.5 }, 'megabytes: a whole number from 1 to 1024 is allowed'],
  ['capture', {}, 'act: "start" or "stop" is allowed'],
  ['capture', { kind: 'inner', act: 'list' }, 'act: "start" or "stop" is allowed'],
  ['capture', { kind: 'inner', act: 'stop', file: 'x' }, '"file"'],
  ['capture', { act: 'stop' }, 'kind: '],
  ['capture', { kind: 'middle', act: 'stop' }, 'kind: '],
  ['capture', { kind: 'inner', act: 'start', file: 'a/b' }, 'file: the name "a/b" has a path;'],
  ['capture', { kind: 'inner', act: 'start', file: 'nsdebuglog.log' }, 'own log'],
  ['capture', { kind: 'inner', act: 'start', snapLength: 262_145 }, 'snapLength: a whole number from 14 to 262144'],
  ['capture', { kind: 'inner', act: 'start', files: 0 }, 'files: a whole number from 1 to 100 is allowed'],
  ['capture', { kind: 'inner', act: 'start', format: 'snoop' }, 'format: '],
  ['driver-log', undefined, 'act: '],
  ['driver-log', { act: 'start', file: '' }, 'file: the name "" is no name of a file'],
  ['driver-log', { act: 'start', file: 'x.pcap' }, 'file: a name that ends in .log or .txt is allowed'],
  ['speed-test', undefined, 'direction: '],
  ['speed-test', { direction: 'sideways', bytes: 1 }, 'direction: '],
  ['speed-test', { direction: 'upload', bytes: 104_857_601 }, 'bytes: '],
]

void t.test('what is refused, with what is wrong', async (t) => {
  for (const [method, params, why] of BAD) {
    const thrown = t.throws(() => read(method, params), { code: 'bad-request', exitCode: 2 }, JSON.stringify(params))
    const { message = '' } = thrown as { message?: string }
    t.ok(message.startsWith(`${method} cannot be asked so: `) && message.includes(why), message)
  }
})
