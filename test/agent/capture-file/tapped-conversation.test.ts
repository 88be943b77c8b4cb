/** A conversation and the captures that come and go while it lives. */

import t from 'tap'
import { TappedConversation } from '../../../agent/capture-file/tapped-conversation.js'
import { packetStory } from '../../support/packet-story.js'

const FACTS = {
  interfaceName: 'socks5',
  client: { ip: '10.0.0.1', port: 5000 },
  server: { ip: '1.2.3.4', port: 80 },
  comment: () => 'why',
}

const LATE = 'why\nbegun before this capture: its first packets, and its secrets, are not here'

function begin() {
  const story = packetStory(['namespace', 'socks5'])
  return { ...story, tap: new TappedConversation(story.slot, FACTS) }
}

void t.test('from its SYN to its end', async (t) => {
  const { slot, capture, told, tap } = begin()
  slot.current = capture()
  tap.begin(5)
  tap.accepted(6)
  tap.sent(Buffer.from('question'))
  tap.received(Buffer.from('answer'))
  tap.sentEnd()
  tap.receivedEnd()
  tap.reset('agent')
  t.strictSame(told, [
    'socks5 5000 > 80 SYN (why)',
    'socks5 5000 < 80 SYN',
    'socks5 5000 > 80 "question"',
    'socks5 5000 < 80 "answer"',
    'socks5 5000 > 80 FIN',
    'socks5 5000 < 80 FIN',
  ])
})

void t.test('each way of ending otherwise is the packet of who ended it', async (t) => {
  for (const [by, packet] of [
    ['application', 'socks5 5000 > 80 RST'],
    ['agent', 'socks5 5000 < 80 RST'],
  ] as const) {
    const { slot, capture, told, tap } = begin()
    slot.current = capture()
    tap.begin(5)
    tap.accepted(6)
    tap.reset(by)
    tap.reset('application')
    tap.sent(Buffer.from('late'))
    t.strictSame(told.slice(2), [packet], `${by}, once`)
  }
  const { slot, capture, told, tap } = begin()
  slot.current = capture()
  tap.begin(5)
  tap.refused()
  tap.reset('application')
  t.strictSame(told.slice(1), ['socks5 5000 < 80 RST'], 'a refused SYN')
})

void t.test('captures come and go without it', async (t) => {
  const { slot, capture, told, tap } = begin()
  tap.begin(1)
  tap.accepted(1)
  tap.sent(Buffer.from('unseen'))
  slot.current = capture()
  tap.received(Buffer.from('one'))
  tap.sent(Buffer.from('two'))
  slot.current = undefined
  tap.sent(Buffer.from('unseen'))
  slot.current = capture()
  tap.sentEnd()
  slot.current = undefined
  tap.receivedEnd()
  t.strictSame(told, [`socks5 5000 < 80 "one" (${LATE})`, 'socks5 5000 > 80 "two"', `socks5 5000 > 80 FIN (${LATE})`])
})

void t.test('a capture that comes late knows what has ended', async (t) => {
  const half = begin()
  half.tap.sentEnd()
  half.slot.current = half.capture()
  half.tap.received(Buffer.from('answer'))
  half.tap.receivedEnd()
  half.tap.reset('application')
  t.strictSame(half.told, [`socks5 5000 < 80 "answer" (${LATE})`, 'socks5 5000 < 80 FIN'])

  const whole = begin()
  whole.tap.sentEnd()
  whole.tap.receivedEnd()
  whole.slot.current = whole.capture()
  whole.tap.reset('application')
  t.strictSame(whole.told, [], 'nothing is made up at its end')
})
