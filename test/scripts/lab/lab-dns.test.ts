/** The lab's name server, asked by dig and by Node's own resolver. */

import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { startLabDns } from '../../../scripts/lab/lab-dns.js'
import { ZONE } from '../../../scripts/lab/zone.js'
import { ZoneIndex } from '../../../scripts/lab/zone-lookup.js'
import { lacking } from '../../support/needs.js'
import { runProgram } from '../../support/run-program.js'

const skip = lacking('dig')
const server = await startLabDns(new ZoneIndex(ZONE))
t.teardown(() => server.close())

async function dig(...args: string[]): Promise<string> {
  const { stdout } = await runProgram('dig', ['@127.0.0.1', '-p', String(server.port), '+tries=1', '+time=3', ...args])
  return stdout
}

const SHORT: readonly [question: string[], answer: string, why: string][] = [
  [['box.com', 'A'], '74.112.186.144\n', 'an address'],
  [['BoX.cOM', 'A'], '74.112.186.144\n', 'whatever the letter case'],
  [['box.com', 'AAAA'], '2620:117:bff0:13::90\n', 'an IPv6 address'],
  [['www.dropbox.com', 'A'], 'www-env.dropbox-dns.com.\n162.125.66.18\n', 'behind an alias'],
  [['login.microsoftonline.com', 'A'], /^login\.mso\.\S+\n\S+\n20\.190\.159\.71\n$/.source, 'behind two'],
  [['box.com', 'TXT'], '"v=spf1 include:_spf.box.com ~all"\n', 'a text'],
  [['www.google.com', 'TYPE65'], '1 . alpn="h2,http/1.1"\n', 'an HTTPS record'],
  [['www.wikipedia.org', 'TYPE65'], 'dyna.wikimedia.org.\n1 . alpn="h2,http/1.1"\n', 'an HTTPS record behind an alias'],
  [['v6only.lab.example', 'AAAA'], '2001:db8:1ab::6\n', 'IPv6 alone'],
  [['v6only.lab.example', 'A'], '', 'and no IPv4'],
]

for (const [transport, flag] of [
  ['UDP', '+notcp'],
  ['TCP', '+tcp'],
] as const) {
  void t.test(`dig finds every type over ${transport}`, { skip }, async (t) => {
    for (const [question, answer, why] of SHORT) {
      const said = await dig(flag, '+short', ...question)
      if (answer.startsWith('^')) t.match(said, new RegExp(answer), why)
      else t.equal(said, answer, why)
    }
  })

  void t.test(`dig is told over ${transport} what does not exist`, { skip }, async (t) => {
    const nothing = await dig(flag, 'nope.example.com')
    t.match(nothing, /status: NXDOMAIN/)
    t.match(nothing, /flags: qr aa rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1/)
    t.match(nothing, /\.\t+60\tIN\tSOA\tns\.lab\.example\. hostmaster\.lab\.example\. 1 3600 600 86400 60/)
    const noData = await dig(flag, 'github.com', 'AAAA')
    t.match(noData, /status: NOERROR/)
    t.match(noData, /ANSWER: 0, AUTHORITY: 1/)
    t.match(await dig(flag, '-c', 'CH', 'box.com'), /status: REFUSED/, 'another class than IN')
    t.match(await dig(flag, '+opcode=NOTIFY', 'box.com', 'SOA'), /status: NOTIMP/, 'another operation than a query')
  })
}

void t.test('the question comes back as it was spelled', { skip }, async (t) => {
  t.match(await dig('gItHuB.CoM'), /gItHuB\.CoM\.\s+300\s+IN\s+A\s+140\.82\.121\.4/, 'against forged answers (0x20)')
})

void t.test('an answer over 512 bytes is cut over UDP and whole over TCP', { skip }, async (t) => {
  const cut = await dig('+noedns', '+ignore', 'many.lab.example')
  t.match(cut, /flags: qr aa tc rd ra; QUERY: 1, ANSWER: 0/)
  const whole = await dig('+noedns', 'many.lab.example')
  t.match(whole, /Truncated, retrying in TCP mode/)
  t.match(whole, /ANSWER: 40/)
  t.match(
    await dig('+notcp', '+ignore', '+bufsize=4096', 'many.lab.example'),
    /flags: qr aa rd ra;.*ANSWER: 40/,
    'EDNS',
  )
  t.match(await dig('+bufsize=1232', 'many.lab.example', 'TXT'), /retrying in TCP[\s\S]*ANSWER: 8/, 'over 1232 too')
})

void t.test('EDNS is answered with EDNS, and only then', { skip }, async (t) => {
  t.match(await dig('box.com'), /EDNS: version: 0, flags:; udp: 1232/)
  t.notMatch(await dig('+noedns', 'box.com'), /EDNS/)
})

void t.test('several queries on one TCP connection are all answered', { skip }, async (t) => {
  const said = await dig('+tcp', '+keepopen', '+short', 'box.com', 'A', 'github.com', 'A', 'slack.com', 'A')
  t.equal(said, '74.112.186.144\n140.82.121.4\n52.29.238.212\n')
})

void t.test("Node's resolver, another implementation, agrees", async (t) => {
  const resolver = new Resolver({ timeout: 3000, tries: 1 })
  resolver.setServers([`127.0.0.1:${server.port}`])
  t.strictSame(await resolver.resolve4('box.com'), ['74.112.186.144'])
  t.strictSame(await resolver.resolve6('box.com'), ['2620:117:bff0:13::90'])
  t.strictSame(await resolver.resolveCname('www.dropbox.com'), ['www-env.dropbox-dns.com'])
  t.strictSame(await resolver.resolve4('www.dropbox.com'), ['162.125.66.18'])
  t.equal((await resolver.resolve4('many.lab.example')).length, 40, 'over TCP, by itself')
  await t.rejects(resolver.resolve4('nope.example'), { code: 'ENOTFOUND' })
  await t.rejects(resolver.resolve6('github.com'), { code: 'ENODATA' })
})

void t.test('a query that comes byte by byte over TCP is answered', async (t) => {
  const query = Buffer.from('001dabcd01000001000000000000' + '03626f7803636f6d' + '0000010001', 'hex')
  query.writeUInt16BE(query.length - 2)
  const client = connect({ host: '127.0.0.1', port: server.port, noDelay: true })
  await once(client, 'connect')
  for (const byte of query) {
    client.write(Buffer.of(byte))
    await new Promise((resolve) => setImmediate(resolve))
  }
  const [answer] = (await once(client, 'data')) as [Buffer]
  t.equal(answer.readUInt16BE(2), 0xabcd)
  t.equal(answer.readUInt16BE(8), 1, 'one answer')
  client.destroy()
})

void t.test('closing ends open connections and frees the port', async (t) => {
  const other = await startLabDns(new ZoneIndex(ZONE))
  const client = connect(other.port, '127.0.0.1')
  await once(client, 'connect')
  const ended = once(client, 'close')
  client.on('error', () => {})
  await other.close()
  await ended
  const again = connect(other.port, '127.0.0.1')
  await t.rejects(once(again, 'connect'), { code: 'ECONNREFUSED' })
})
