import t from 'tap'
import { recognise } from '../../../../agent/log/recognise.js'
import { type ToldFlow, toldFlow, transportOf } from '../../../../agent/log/replay/told-flow.js'
import { flowFormOf } from '../../../../agent/log/report/flow-forms.js'
import type { FlowVerdict } from '../../../../agent/log/report/report.js'

const TUNNELING = 'DTLS [sessId 1] Tunneling flow from addr: 10.0.0.1:5, process: a b.exe to host:'

function told(message: string): ToldFlow {
  const recognised = recognise(message)!
  return toldFlow(recognised, flowFormOf(recognised)!)
}

void t.test('what each line tells, and what it leaves out', async (t) => {
  const cases: [message: string, flow: [...unknown[], readonly string[]]][] = [
    [
      `${TUNNELING} x.example, addr: 192.0.2.1:443 to nsProxy`,
      ['nsProxy', 'a b.exe', 'x.example', '192.0.2.1', 443, []],
    ],
    [`${TUNNELING} , addr: 2001:db8::1:22 to app-fw`, ['app-fw', 'a b.exe', '', '2001:db8::1', 22, []]],
    [`${TUNNELING} 192.0.2.1, addr: 192.0.2.1:5228 to app-fw`, ['app-fw', 'a b.exe', '', '192.0.2.1', 5228, []]],
    [`${TUNNELING} x.example, addr: 192.0.2.1:443`, ['tunneled', 'a b.exe', 'x.example', '192.0.2.1', 443, []]],
    [`${TUNNELING} x.example,addr: 10.10.10.11:8080`, ['tunneled', 'a b.exe', 'x.example', '', 0, ['address', 'port']]],
    [
      'bypassing flow to exception host: st3.zoom.us, process: google chrome helper, Dest IP: 52.84.151.63, Dest Port: 443',
      ['exception-host', 'google chrome helper', 'st3.zoom.us', '52.84.151.63', 443, []],
    ],
    [
      'bypassing flow to exception host: zoom.us, process: zoom.us',
      ['exception-host', 'zoom.us', 'zoom.us', '', 0, ['address', 'port']],
    ],
    [
      'Bypassing flow from process: spotify to private ip: 192.168.1.123, Port: 1400, host: 192.168.1.123',
      ['private-ip', 'spotify', '', '192.168.1.123', 1400, []],
    ],
    [
      'IP 10.2.100.207 is found in IP address range Exception List',
      ['exception-ip', '', '', '10.2.100.207', 0, ['process', 'host', 'port']],
    ],
    [
      'IP address : 10.2.100.207 is in firewall exceptions',
      ['firewall-ip', '', '', '10.2.100.207', 0, ['process', 'host', 'port']],
    ],
    [
      'Bypassing connection from process: a, host: x.example',
      ['pinned-direct', 'a', 'x.example', '', 0, ['address', 'port']],
    ],
    ['Bypassing connection from process: a, host: 192.0.2.7', ['pinned-direct', 'a', '', '192.0.2.7', 0, ['port']]],
    [
      'Bypassing connection by tunneling from process: a, host: ',
      ['pinned-tunnel', 'a', '', '', 0, ['address', 'port']],
    ],
    [
      'Dropping connection from process: a, host: x.example',
      ['blocked-pinned', 'a', 'x.example', '', 0, ['address', 'port']],
    ],
    [
      'Blocking UDP connection from process: a, dest IP:192.0.2.1:443, src IP 10.0.0.1:5',
      ['blocked-udp', 'a', '', '192.0.2.1', 443, ['host']],
    ],
  ]
  for (const [message, expected] of cases) {
    const { verdict, process, host, ip, port, leftOut } = told(message)
    t.strictSame([verdict, process, host, ip, port, leftOut], expected, message)
  }
})

void t.test('the transport, by what gives it away', async (t) => {
  const cases: [verdict: FlowVerdict, port: number, transport: string, why: string][] = [
    ['blocked-udp', 443, 'udp', 'the line says so'],
    ['app-fw', 53, 'udp', 'DNS'],
    ['app-fw', 443, 'udp', 'TCP would go to the proxy'],
    ['app-fw', 80, 'udp', 'so it would'],
    ['app-fw', 22, 'tcp', 'nothing speaks against TCP'],
    ['nsProxy', 443, 'tcp', 'the web'],
    ['tunneled', 443, 'tcp', 'early lines do not say whereto'],
    ['exception-host', 80, 'tcp', 'the web, bypassed'],
  ]
  for (const [verdict, port, transport, why] of cases)
    t.equal(transportOf(verdict, port), transport, `${verdict} ${port}: ${why}`)
})
