/** Values of options, strictly; most of them are tried through the command line. */

import t from 'tap'
import {
  bareName,
  captureBytes,
  caseHint,
  oneWord,
  speedTestOf,
  timedUrl,
  wrong,
} from '../../../scripts/diag/nsdiag-values.js'

void t.test('words, as they are spelt', async (t) => {
  t.equal(oneWord('-t', 'on', ['on', 'off']), 'on')
  t.throws(() => oneWord('-t', 'On', ['on', 'off']), {
    message: /^-t takes on or off, and not "On"; on is one, and case counts; /,
  })
  t.throws(() => oneWord('-t', 'in', ['on']), { message: /^-t takes on, and not "in"; `steerlab/ })
  t.equal(caseHint('on', ['off']), '')
  t.throws(() => oneWord('-t', '', ['on']), { message: /^-t takes on, and not ""; / })
})

void t.test('URLs', async (t) => {
  const urls = [
    ['box.com', 'http://box.com/'],
    ['box.com:8080/x', 'http://box.com:8080/x'],
    ['HTTPS://Box.com', 'https://box.com/'],
    ['http://[2001:db8::1]/', 'http://[2001:db8::1]/'],
    ['bücher.example', 'http://xn--bcher-kva.example/'],
  ] as const
  for (const [text, url] of urls) t.equal(timedUrl(text), url, text)
  for (const text of ['file:///etc/passwd', 'http://', 'a b', 'https://x:99999/'])
    t.throws(() => timedUrl(text), { code: 'bad-nsdiag', message: /^-r takes a URL/ }, text)
})

void t.test('sizes: of a capture decimal, of a speed test binary', async (t) => {
  t.equal(captureBytes('-s', '10'), 10_000_000)
  t.strictSame(speedTestOf('-g', 'upload', '100mb'), { direction: 'upload', bytes: 104_857_600 })
  for (const size of ['10MB', '10', '010mb'])
    t.throws(() => speedTestOf('-g', 'upload', size), { code: 'bad-nsdiag' }, size)
  for (const size of ['0', '1001', '-5', '1e2', ''])
    t.throws(() => captureBytes('-s', size), { code: 'bad-nsdiag' }, size)
})

void t.test('names', async (t) => {
  t.equal(bareName('f.pcap'), 'f.pcap')
  t.throws(() => bareName('/f.pcap'), { code: 'bad-nsdiag', exitCode: 2 })
})

void t.test('a sentence ends with where to look', async (t) => {
  t.equal(wrong('so').message, 'so; `steerlab nsdiag -h` lists all options and commands')
})
