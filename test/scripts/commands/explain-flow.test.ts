import t from 'tap'
import { ORDINARY_SITUATION } from '../../../agent/steering/flow.js'
import {
  type EndpointWords,
  type FlowWords,
  flowToTarget,
  situationSaid,
} from '../../../scripts/commands/explain-flow.js'

for (const [target, host, ip, port] of [
  ['zoom.us', 'zoom.us', '', 443],
  ['ZOOM.us.', 'zoom.us', '', 443],
  ['bücher.example:80', 'xn--bcher-kva.example', '', 80],
  ['localhost', 'localhost', '', 443],
  ['1password.com', '1password.com', '', 443],
  ['10.0.0.1', '', '10.0.0.1', 443],
  ['10.0.0.1:65535', '', '10.0.0.1', 65535],
  ['2001:DB8::0:1', '', '2001:db8::1', 443],
  ['[2001:db8::1]', '', '2001:db8::1', 443],
  ['[2001:db8::1]:8443', '', '2001:db8::1', 8443],
  ['::ffff:10.0.0.1', '', '10.0.0.1', 443],
  ['[fe80::1%eth0]:22', '', 'fe80::1', 22],
] as const) {
  void t.test(target, async (t) => {
    t.match(flowToTarget(target, {}), { host, destination: { ip, port }, transport: 'tcp', process: 'unknown' })
  })
}

void t.test('what is said beside the target', async (t) => {
  const words = { process: 'curl', ip: '203.0.113.9', proto: 'udp', source: '10.9.9.9' } as const
  t.match(flowToTarget('zoom.us', words), {
    process: 'curl',
    destination: { ip: '203.0.113.9', port: 443 },
    transport: 'udp',
    source: { ip: '10.9.9.9' },
  })
  const asked = flowToTarget('corp.example', { dnsType: 'aaaa', ip: '9.9.9.9' })
  t.match(asked, { transport: 'udp', host: '', destination: { ip: '9.9.9.9', port: 53 } })
  t.strictSame(asked.query, { name: 'corp.example', type: 'AAAA' })
})

for (const [target, words, sentence] of [
  ['', {}, /"" is no HOST, IP, HOST:PORT, IP:PORT or \[IPv6\]:PORT/],
  ['zoom us', {}, /is no HOST/],
  ['https://zoom.us/', {}, /is no HOST/],
  ['*.zoom.us', {}, /is no HOST/],
  ['1.2.3', {}, /is no HOST/],
  ['1.2.3.999', {}, /is no HOST/],
  ['[::1', {}, /is no HOST/],
  ['[zoom.us]', {}, /is no HOST/],
  ['zoom.us:', {}, /is no HOST/],
  ['zoom.us:0', {}, /0 is no port/],
  ['zoom.us:65536', {}, /65536 is no port/],
  ['zoom.us', { ip: 'x' }, /--ip x is no IP address/],
  ['zoom.us', { source: '1.2.3.999' }, /--source 1\.2\.3\.999 is no IP address/],
  ['zoom.us', { dnsType: 'a b' }, /--dns-type a b is no record type/],
  ['10.0.0.1', { dnsType: 'PTR' }, /the target is the name that is asked for/],
] as ReadonlyArray<readonly [string, FlowWords, RegExp]>) {
  void t.test(`refused: ${target} ${Object.values(words).join()}`, async (t) => {
    t.throws(() => flowToTarget(target, words), { message: sentence, exitCode: 2 })
  })
}

for (const [sentence, words, expected] of [
  ['nothing said is as usual', {}, ORDINARY_SITUATION],
  ['on-prem', { onPrem: true }, { ...ORDINARY_SITUATION, location: 'on-prem' }],
  ['a managed device', { managed: true }, { ...ORDINARY_SITUATION, device: 'managed' }],
  ['an unmanaged device', { unmanaged: true }, { ...ORDINARY_SITUATION, device: 'unmanaged' }],
  ['a country', { country: 'de' }, { ...ORDINARY_SITUATION, country: 'DE' }],
  ['the tunnel is down', { tunnelDown: true }, { ...ORDINARY_SITUATION, tunnel: 'down' }],
] as ReadonlyArray<readonly [string, EndpointWords, object]>) {
  void t.test(sentence, async (t) => t.strictSame(situationSaid(ORDINARY_SITUATION, words), expected))
}

void t.test('what is said goes before the files', async (t) => {
  const usual = { ...ORDINARY_SITUATION, location: 'on-prem', country: 'FR' } as const
  t.match(situationSaid(usual, { onPrem: false }), { location: 'off-prem', country: 'FR' })
  t.throws(() => situationSaid(usual, { country: 'Germany' }), { message: /is not two letters/, exitCode: 2 })
})
