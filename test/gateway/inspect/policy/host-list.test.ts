import fc from 'fast-check'
import t from 'tap'
import { HostList, hostEntry } from '../../../../gateway/inspect/policy/host-list.js'

for (const [entry, covered, others] of [
  ['box.com', ['box.com', 'BOX.com.'], ['www.box.com', 'xbox.com', 'box.com.evil.example']],
  ['*.box.com', ['box.com', 'www.box.com', 'a.b.box.com'], ['xbox.com', 'com', 'box.com.evil.example']],
  ['*.BÜCHER.example', ['xn--bcher-kva.example', 'a.xn--bcher-kva.example'], ['bucher.example']],
  ['10.1.2.3', ['10.1.2.3', '::ffff:10.1.2.3'], ['10.1.2.30', 'x.10.1.2.3']],
  ['2001:DB8::0:1', ['2001:db8::1', '[2001:db8::1]'], ['2001:db8::2', '']],
] as const) {
  void t.test(`${entry} is an entry and covers what it says`, (t) => {
    t.ok(hostEntry.safeParse(entry).success)
    const list = new HostList(['other.example', entry])
    for (const host of covered) t.strictSame([list.match(host), list.entryOf(host)], [1, entry], host)
    for (const host of others) t.strictSame([list.match(host), list.entryOf(host)], [-1, undefined], `not ${host}`)
    t.end()
  })
}

for (const text of ['', '*', '*.', 'box.com/', 'https://box.com', 'box.com:443', 'a b', '*.10.1.2.3', '10.1.2.300']) {
  void t.test(`${JSON.stringify(text)} is no entry`, (t) => {
    t.notOk(hostEntry.safeParse(text).success)
    t.end()
  })
}

void t.test('the entry that says most of a host wins, wherever it stands', (t) => {
  const list = new HostList(['*.com', '*.box.com', 'box.com', '*.api.box.com', 'BOX.COM'])
  for (const [host, entry] of [
    ['box.com', 'box.com'],
    ['www.box.com', '*.box.com'],
    ['api.box.com', '*.api.box.com'],
    ['v2.api.box.com', '*.api.box.com'],
    ['slack.com', '*.com'],
    ['slack.example', undefined],
  ] as const)
    t.equal(list.entryOf(host), entry, host)
  t.end()
})

void t.test('no host makes it throw', (t) => {
  const list = new HostList(['*.box.com', '10.0.0.1', '::1'])
  const hosts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.domain(),
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV6().map((ip) => `[${ip}%1]`),
  )
  fc.assert(fc.property(hosts, (host) => list.match(host) >= -1))
  t.equal(list.match(`${'a.'.repeat(500_000)}box.com`), -1, 'a megabyte is no host')
  t.end()
})
