import t from 'tap'
import { recognise } from '../../../../agent/log/recognise.js'
import { ClientTally } from '../../../../agent/log/report/client-tally.js'

function learnt(...messages: readonly string[]) {
  const client = new ClientTally()
  for (const message of messages) client.add(recognise(message)!)
  return client.result()
}

const NOTHING = { versions: [], systems: [], hostnames: [], users: [], addresses: [], writers: {}, mode: undefined }

void t.test('what each message says of the client', async (t) => {
  const status =
    '{"client_status":{"host_info":{"os":"Windows","os_version":"11.0","hostname":"PC-2","device_make":"x"}}}'
  const cases: [message: string, client: object][] = [
    [
      'setting STA user agent: Windows NT 11.0 x64;Netskope ST Agent 111.0.0.1880;ID-PF4H9SYA',
      { versions: ['111.0.0.1880'], systems: ['Windows NT 11.0 x64'], hostnames: ['ID-PF4H9SYA'] },
    ],
    ['setting STA user agent: hostname: this-pc-name', { hostnames: ['this-pc-name'] }],
    [
      'From Registry - Windows Edition: Windows 11 Pro BuildVersion: 22631',
      { systems: ['Windows 11 Pro build 22631'] },
    ],
    ['Current user: Ada Lovelace', { users: ['Ada Lovelace'] }],
    ['Pref src ip 192.0.2.7, iface 21', { addresses: ['192.0.2.7'] }],
    ['Primary tunnel source IP: 192.0.2.8', { addresses: ['192.0.2.8'] }],
    ['Change in network: source IP 192.0.2.8 -> 192.0.2.9', { addresses: ['192.0.2.9'] }],
    ['Client location is on-prem and traffic mode is 3, DNS 1', { mode: 'on-prem, traffic mode 3, DNS 1' }],
    [`client status message: ${status}`, { systems: ['Windows 11.0'], hostnames: ['PC-2'] }],
    ['client status message: {"client_status":', {}],
    ['client status message: null', {}],
    ['Tunnel Up', {}],
  ]
  for (const [message, client] of cases) t.strictSame(learnt(message), { ...NOTHING, ...client }, message)
})

void t.test('each value once, the mode as last said', async (t) => {
  const client = learnt(
    'Current user: a',
    'Current user: b',
    'Current user: a',
    'Client location is remote and traffic mode is 3, DNS 1',
    'Client location is on-prem and traffic mode is 1, DNS 1',
  )
  t.strictSame([client.users, client.mode], [['a', 'b'], 'on-prem, traffic mode 1, DNS 1'])
})

void t.test('sources of flows without their ports, IPv6 too', async (t) => {
  const client = new ClientTally()
  for (const source of ['10.0.0.1:5', '10.0.0.1:66', '10.0.0.11:5', '2001:db8::1:5', '2001:db8::1:2:6', '10.0.0.1:7'])
    client.addSource(source)
  t.strictSame(client.result().addresses, ['10.0.0.1', '10.0.0.11', '2001:db8::1', '2001:db8::1:2'])
  for (let i = 0; i < 5000; i++) client.addSource(`${i}:1`)
  t.equal(client.result().addresses.length, 1000, 'bounded')
})

void t.test('who wrote how many lines', async (t) => {
  const client = new ClientTally()
  for (const process of ['stAgentUI', 'stAgentSvc', 'stAgentSvc', '__proto__']) client.addWriter(process)
  t.strictSame(Object.entries(client.result().writers)[0], ['stAgentSvc', 2])
})
