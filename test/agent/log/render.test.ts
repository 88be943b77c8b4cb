import t from 'tap'
import type { LogEvent } from '../../../agent/log/event.js'
import { PROFILES } from '../../../agent/log/profiles.js'
import { carried, render, renderAround, templateOf } from '../../../agent/log/render.js'

const TUNNELED: LogEvent = {
  type: 'flow-tunneled',
  transport: 'DTLS',
  sessionId: 1,
  source: { ip: '2001:db8::1', port: 60894 },
  process: 'chrome.exe',
  host: 'udc.yahoo.com',
  destination: { ip: '98.136.103.27', port: 443 },
  via: 'nsProxy',
}

void t.test('a message around one of its endpoints is the message', async (t) => {
  for (const { messages } of Object.values(PROFILES)) {
    const { template } = messages.get('flow-tunneled')!.form
    for (const [endpoint, text] of [
      ['source', '2001:db8::1:60894'],
      ['destination', '98.136.103.27:443'],
    ] as const)
      t.equal(renderAround(TUNNELED, template, endpoint)?.join(text), render(TUNNELED, template), template)
  }
  t.equal(renderAround({ type: 'tunnel-up' }, 'Tunnel Up', 'source'), undefined, 'no endpoint')
})

void t.test('what a field cannot carry is written as a question mark', async (t) => {
  const [os, version, hostname] = templateOf('agent: {os:text};Netskope {version:word};{hostname:word}').fields
  t.equal(carried(os!, 'a\tb c;d'), 'a?b c;d', 'free text keeps its spaces')
  t.equal(carried(version!, '1 2;3'), '1?2;3', 'a word has none')
  t.equal(carried(hostname!, 'a;b\u00a0c'), 'a?b?c', 'nor what would end it')
  t.equal(carried(hostname!, undefined), '', 'a missing field is empty')
  t.strictSame(carried(os!, { ip: '1 2', port: 3 }), { ip: '1?2', port: 3 })
  t.equal(carried(os!, -5), -5)
})
