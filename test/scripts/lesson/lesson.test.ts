/** What two captures prove, and each piece of evidence taken away. */

import t from 'tap'
import type { CapturedPacket } from '../../../agent/capture-file/pcapng-reader.js'
import { type Page, type ReadCapture, showPage } from '../../../scripts/lesson/lesson.js'
import { nodeHello } from '../../support/client-hellos.js'
import { captureOf, conversation, record, tcp } from '../../support/lesson-packets.js'

const BOX: Page = { url: 'https://box.com/', host: 'box.com', is: 'steered' }
const ZOOM: Page = { url: 'https://zoom.us/', host: 'zoom.us', is: 'bypassed' }
const PAGES = [BOX, ZOOM]

const APP = '10.0.0.1:4000'
const APP_2 = '10.0.0.1:4001'
const AGENT = '192.168.0.9:5000'
const AGENT_2 = '192.168.0.9:5001'
const POP = '163.116.1.1:443'

const boxHello = await nodeHello('box.com', [])
const zoomHello = await nodeHello('zoom.us', [])
const zoomTalk = [
  ['>', zoomHello],
  ['<', record(22, 80)],
  ['>', record(23, 30)],
] as const

const inner = captureOf([
  ...conversation(
    1_000_000,
    APP,
    '74.1.1.1:443',
    [
      ['>', boxHello],
      ['<', record(22, 70)],
    ],
    'host: box.com',
  ),
  ...conversation(2_000_000, APP_2, '170.1.1.1:443', zoomTalk, 'host: zoom.us'),
])
/** A tunnel that has been there before, with a record each way while box.com is loaded. */
const tunnel = [
  tcp(500_000, AGENT, POP, 'A', 10, record(23, 20)),
  tcp(1_001_100, AGENT, POP, 'A', 35, record(23, 600)),
  tcp(1_001_900, POP, AGENT, 'A', 90, record(23, 100)),
]
const zoom = conversation(2_000_100, AGENT_2, '170.1.1.1:443', zoomTalk)

const box = (...outer: readonly CapturedPacket[]) => showPage(BOX, PAGES, inner, captureOf(outer))
const failure = (message: RegExp) => ({ code: 'lesson-failed', exitCode: 1, message })

void t.test('a steered page: outside there is the tunnel, at the same time', async (t) => {
  const shown = box(...tunnel, ...zoom)
  t.match(shown, {
    host: 'box.com',
    beganUs: 1_000_000,
    tookUs: 3000,
    comment: 'host: box.com',
    inside: { peers: [{ ip: '74.1.1.1', port: 443 }], sent: boxHello.length, received: 75 },
    outside: { peers: [{ ip: '163.116.1.1', port: 443 }], sent: 605, received: 105 },
  })
  t.strictSame(
    shown.outside.sightings.map(({ words }) => words),
    ['-> TLS data, 605 bytes', '<- TLS data, 105 bytes'],
    'not the record before',
  )
})

void t.test('a bypassed page: the same outside', async (t) => {
  const { inside, outside } = showPage(ZOOM, PAGES, inner, captureOf([...tunnel, ...zoom]))
  t.strictSame([outside.sent, outside.received], [inside.sent, inside.received])
  t.match(outside.sightings[1], { words: '-> TLS ClientHello, names zoom.us' })
})

void t.test('evidence that is missing, or proves the contrary, is no lesson', async (t) => {
  const leaks: readonly (readonly [string, readonly CapturedPacket[], RegExp])[] = [
    ['nothing outside', zoom, /nothing of the 3 ms/],
    [
      'the name in the tunnel',
      [
        ...tunnel,
        tcp(1_002_000, AGENT, POP, 'A', 640, Buffer.concat([record(23, 7).subarray(0, 5), Buffer.from('box.com')])),
      ],
      /shows box\.com/,
    ],
    [
      'cut in two',
      [
        ...tunnel,
        tcp(1_002_000, AGENT, POP, 'A', 640, Buffer.concat([record(23, 7).subarray(0, 5), Buffer.from('box')])),
        tcp(1_002_100, AGENT, POP, 'A', 648, '.com'),
      ],
      /shows box\.com/,
    ],
    [
      'asked of a name server',
      [...tunnel, tcp(1, AGENT, POP, 'A', 1, 'x\x03box\x03com\x00')],
      /shows box\.com|other than TLS/,
    ],
    [
      'its hello under another name',
      [
        ...tunnel,
        tcp(1_002_000, AGENT, POP, 'A', 640, Buffer.concat([record(23, 32).subarray(0, 5), boxHello.subarray(11, 43)])),
      ],
      /shows box\.com/,
    ],
    [
      'a connection to its address',
      [...tunnel, ...conversation(1_000_000, AGENT_2, '74.1.1.1:443', [['>', record(23, 5)]])],
      /connection to 74\.1\.1\.1/,
    ],
    [
      'something in the clear',
      [...tunnel, ...conversation(1_000_000, AGENT_2, '9.9.9.9:80', [['>', Buffer.from('GET / HTTP/1.1')]])],
      /other than TLS/,
    ],
  ]
  for (const [what, outer, message] of leaks) t.throws(() => box(...outer), failure(message), what)
  const without: ReadCapture = captureOf([])
  t.throws(() => showPage(BOX, PAGES, without, captureOf(tunnel)), failure(/inner capture has no conversation/))
  t.throws(() => showPage(ZOOM, PAGES, inner, captureOf(tunnel)), failure(/outer capture has no conversation/))
  const other = conversation(2_000_100, AGENT_2, '170.1.1.1:443', [
    ['>', zoomHello],
    ['<', record(22, 80, 1)],
  ])
  t.throws(() => showPage(ZOOM, PAGES, inner, captureOf(other)), failure(/other bytes/))
})
