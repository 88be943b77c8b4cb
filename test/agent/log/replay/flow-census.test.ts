import t from 'tap'
import { recognise } from '../../../../agent/log/recognise.js'
import { type CensusOptions, FlowCensus } from '../../../../agent/log/replay/flow-census.js'

type Line = readonly [time: number, message: string] | 'another log'

const tunneled = (process: string, host: string, source = '10.0.0.1', ip = '192.0.2.1'): string =>
  `TLS [sessId 1] Tunneling flow from addr: ${source}:5, process: ${process} to host: ${host}, addr: ${ip}:443 to nsProxy`
const pinned = (process: string, host: string): string =>
  `Bypassing connection by tunneling from process: ${process}, host: ${host}`
const direct = (process: string, host: string): string => `Bypassing connection from process: ${process}, host: ${host}`
const location = (word: string): string => `Client location is ${word} and traffic mode is 3, DNS 1`
const device = (word: string): string => `device classification status: ${word}`

function counted(lines: readonly Line[], options?: CensusOptions) {
  const census = new FlowCensus(options)
  census.beginLog()
  for (const line of lines)
    if (line === 'another log') census.beginLog()
    else census.add(line[0], recognise(line[1])!)
  return census.result()
}

const rows = (census: ReturnType<typeof counted>) =>
  census.flows.map(({ told, place, count, first, last }) => [
    told.verdict,
    told.process,
    told.host,
    place.location ?? '-',
    place.device ?? '-',
    count,
    first,
    last,
  ])

void t.test('alike flows are one, with count and times', async (t) => {
  const census = counted([
    [7, tunneled('a', 'x.example')],
    [3, tunneled('a', 'x.example', '10.0.0.9')],
    [5, tunneled('a', 'x.example', '10.0.0.1', '192.0.2.2')],
    [5, tunneled('a', '192.0.2.2', '10.0.0.1', '192.0.2.2')],
    [6, direct('a', 'x.example')],
  ])
  t.strictSame(rows(census), [
    ['nsProxy', 'a', 'x.example', '-', '-', 2, 3, 7],
    ['nsProxy', 'a', 'x.example', '-', '-', 1, 5, 5],
    ['nsProxy', 'a', '', '-', '-', 1, 5, 5],
    ['pinned-direct', 'a', 'x.example', '-', '-', 1, 6, 6],
  ])
})

void t.test('both lines of a pinned app in tunnel mode are one flow, and both tell of it', async (t) => {
  const census = counted([
    [1000, pinned('a', 'x.example')],
    [2000, tunneled('a', 'x.example')],
    [3000, tunneled('a', 'x.example')],
    [9000, pinned('a', '192.0.2.7')],
    [9500, tunneled('a', '192.0.2.7', '10.0.0.1', '192.0.2.7')],
  ])
  t.strictSame(
    rows(census).map(([verdict, , host, , , count]) => [verdict, host, count]),
    [
      ['pinned-tunnel', 'x.example', 1],
      ['nsProxy', 'x.example', 1],
      ['pinned-tunnel', '', 1],
    ],
  )
  t.equal(census.told.length, 4, 'the second line of the last pair says where it went')
  t.equal(counted([[1, pinned('a', 'x')], 'another log', [2, tunneled('a', 'x')]]).flows.length, 2, 'not across logs')
})

void t.test('flows are kept apart by where the endpoint was', async (t) => {
  const census = counted([
    [1, tunneled('a', 'x')],
    [2, location('on-prem')],
    [3, tunneled('a', 'x')],
    [4, device('managed')],
    [5, tunneled('a', 'x')],
    [6, location('remote')],
    [7, tunneled('a', 'x')],
    [8, location('on-prem')],
    [9, tunneled('a', 'x')],
    'another log',
    [10, tunneled('a', 'x')],
  ])
  t.strictSame(
    rows(census).map(([, , , where, device, count]) => [where, device, count]),
    [
      ['-', '-', 2],
      ['on-prem', '-', 1],
      ['on-prem', 'managed', 2],
      ['off-prem', 'managed', 1],
    ],
  )
  t.equal(census.device, 'managed', 'what was last said of the device')
})

void t.test('and by its address where that is asked for', async (t) => {
  const lines: Line[] = [
    [1, tunneled('a', 'x', '10.0.0.1')],
    [2, tunneled('a', 'x', '10.0.0.2')],
    [3, tunneled('a', 'x', '2001:db8::5', '2001:db8::1')],
    [4, direct('a', 'x')],
  ]
  t.strictSame(
    counted(lines, { bySource: true }).flows.map(({ place }) => [place.source4, place.source6]),
    [
      ['10.0.0.1', ''],
      ['10.0.0.2', ''],
      ['10.0.0.2', '2001:db8::5'],
      ['10.0.0.2', '2001:db8::5'],
    ],
    'a line without one goes by the line before',
  )
  t.equal(counted(lines).flows.length, 3)
})

void t.test('more distinct flows than there is room for are counted only', async (t) => {
  const lines = Array.from({ length: 20 }, (_, i): Line => [i, tunneled('a', `${i % 10}.example`)])
  const census = counted(lines, { maxFlows: 4 })
  t.strictSame([census.flows.map(({ count }) => count), census.untoldFlows], [[2, 2, 2, 2], 12])
  const long = counted([
    [1, direct('a', 'x'.repeat(2000))],
    [2, direct('a', 'x'.repeat(255))],
  ])
  t.strictSame([long.flows.length, long.untoldFlows], [1, 1], 'and so are names that nothing has')
  const pairs = counted(
    [
      [1, direct('b', 'y')],
      [2, pinned('a', 'x')],
      [3, tunneled('a', 'x')],
    ],
    { maxFlows: 1 },
  )
  t.equal(pairs.untoldFlows, 1, 'a pair is one flow there too')
})
