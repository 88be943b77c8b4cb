/** The lesson in words. */

import t from 'tap'
import type { ShownPage } from '../../../scripts/lesson/lesson.js'
import { lessonText, waysToOpen } from '../../../scripts/lesson/lesson-text.js'

const page = (is: 'steered' | 'bypassed'): ShownPage => ({
  url: 'https://box.com/x',
  host: 'box.com',
  is,
  beganUs: 1_000_000,
  tookUs: 5400,
  comment: 'process: curl\nrule: x',
  inside: {
    sightings: [
      { atUs: 1_000_000, words: '-> SYN' },
      { atUs: 1_002_000, words: '-> TLS data, 5 bytes' },
    ],
    peers: [{ ip: '74.1.1.1', port: 443 }],
    sent: 5,
    received: 6,
  },
  outside: {
    sightings: [
      { atUs: 1_001_000, words: '-> TLS data, 35 bytes' },
      { atUs: 1_002_050, words: '<- TLS data, 36 bytes' },
    ],
    peers: [{ ip: '163.1.1.1', port: 443 }],
    sent: 35,
    received: 36,
  },
})
const inner = { file: '/tmp/my logs/in.pcap', packets: 9, source: 'rebuilt' }
const outer = { file: '/tmp/out.pcap', packets: 7, source: 'captured' }
const plain = { bold: (text: string) => text, dim: (text: string) => text }

void t.test('both sides beside each other, by time; what is at once in one line', async (t) => {
  const text = lessonText({ inner, outer, pages: [page('steered')] }, plain)
  t.match(
    text,
    `
https://box.com/x: steered
  process: curl
  rule: x

      ms  inside                outside
     0.0  -> SYN
     1.0                        -> TLS data, 35 bytes
     2.0  -> TLS data, 5 bytes  <- TLS data, 36 bytes

  Inside, in 5 ms: box.com by name, at 74.1.1.1:443; 5 bytes sent, 6 received.
  Outside, in the same time: TLS records to and from 163.1.1.1:443, and nothing else; 35 bytes sent, 36 received.
  "box.com" is nowhere in the outer capture, and nothing of its ClientHello.
`,
  )
  t.notMatch(text, '\x1b')
})

void t.test('of a bypassed page it says that everybody can read it', async (t) => {
  t.match(lessonText({ inner, outer, pages: [page('bypassed')] }, plain), /byte for byte.*\n.*Everybody on the way/)
})

void t.test('headings are told from the rest where the terminal can', async (t) => {
  const text = lessonText({ inner, outer, pages: [page('steered')] }, { ...plain, bold: (words) => `<b>${words}</b>` })
  t.match(text, '<b>https://box.com/x: steered</b>')
})

void t.test('commands are as a shell takes them', async (t) => {
  const [first, second] = waysToOpen({ inner, outer, pages: [page('steered')] })
  t.strictSame([first, second], ["wireshark '/tmp/my logs/in.pcap' &", 'wireshark /tmp/out.pcap &'])
})
