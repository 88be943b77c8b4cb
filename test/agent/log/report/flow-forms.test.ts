import t from 'tap'
import { recognise } from '../../../../agent/log/recognise.js'
import { destinationOf, flowFormOf, textAt, verdictOf } from '../../../../agent/log/report/flow-forms.js'

/** Verdict, process, host, destination of a message; undefined for one that is no flow. */
function told(message: string): readonly string[] | undefined {
  const recognised = recognise(message)!
  const form = flowFormOf(recognised)
  if (form === undefined) return undefined
  const names = [textAt(recognised, form.process), textAt(recognised, form.host)]
  return [verdictOf(recognised, form), ...names, destinationOf(recognised, form)]
}

const TUNNELING = 'DTLS [sessId 1] Tunneling flow from addr: 10.0.0.1:5, process: a b.exe to host:'

void t.test('the flow in every message that tells one', async (t) => {
  const cases: [message: string, flow: string[]][] = [
    [`${TUNNELING} x.example, addr: 192.0.2.1:443 to nsProxy`, ['nsProxy', 'a b.exe', 'x.example', '192.0.2.1:443']],
    [`${TUNNELING} , addr: 2001:db8::1:22 to app-fw`, ['app-fw', 'a b.exe', '', '2001:db8::1:22']],
    [`${TUNNELING} x.example, addr: 192.0.2.1:443`, ['tunneled', 'a b.exe', 'x.example', '192.0.2.1:443']],
    [`${TUNNELING} x.example,addr: 192.0.2.1:8080`, ['tunneled', 'a b.exe', 'x.example', '']],
    [
      'bypassing flow to exception host: x.example, process: a, Dest IP: 192.0.2.1, Dest Port: 443',
      ['exception-host', 'a', 'x.example', '192.0.2.1:443'],
    ],
    ['bypassing flow to exception host: x.example, process: a', ['exception-host', 'a', 'x.example', '']],
    [
      'Bypassing flow from process: a to private ip: 10.0.0.9, Port: 80, host: ',
      ['private-ip', 'a', '', '10.0.0.9:80'],
    ],
    ['IP 192.0.2.1 is found in IP address range Exception List', ['exception-ip', '', '', '192.0.2.1']],
    ['IP address : 192.0.2.1 is in firewall exceptions', ['firewall-ip', '', '', '192.0.2.1']],
    ['Bypassing connection from process: a, host: x.example', ['pinned-direct', 'a', 'x.example', '']],
    ['Bypassing connection by tunneling from process: a, host: x.example', ['pinned-tunnel', 'a', 'x.example', '']],
    ['Dropping connection from process: a, host: x.example', ['blocked-pinned', 'a', 'x.example', '']],
    [
      'Blocking UDP connection from process: a, dest IP:192.0.2.1:443, src IP 10.0.0.1:5',
      ['blocked-udp', 'a', '', '192.0.2.1:443'],
    ],
  ]
  for (const [message, flow] of cases) t.strictSame(told(message), flow, message)
})

void t.test('what comes with a flow is none', async (t) => {
  for (const message of [
    'Found process: chrome.exe to be bypassed for managed devices',
    'device classification status: managed',
    'Unable to open TCP flow',
    'Tunnel Up',
  ])
    t.equal(told(message), undefined, message)
})
