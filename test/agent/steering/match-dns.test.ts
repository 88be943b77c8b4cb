import t from 'tap'
import { DnsMatcher, type DnsRule } from '../../../agent/steering/match-dns.js'
import { allSteps } from '../../../agent/stepwise.js'

const rule = (text: string, types: readonly string[] = [], isAddress = false): DnsRule => ({
  ref: { file: 'nsexception.json', path: `$.dns[${text}]` },
  text,
  types,
  isAddress,
})

void t.test('questions and the rules that cover them', async (t) => {
  const matcher = allSteps(
    DnsMatcher.of(
      [
        rule('corp.example', ['A']),
        rule('corp.example', ['MX', 'TXT']),
        rule('*.corp.example'),
        rule('10.0.0.0/8', [], true),
        rule('2001:db8::/32', [], true),
        rule('ptr.example', ['PTR']),
      ],
      'table',
    ),
  )
  const cases: [sentence: string, name: string, type: string, path: string | undefined][] = [
    ['its type', 'corp.example', 'A', '$.dns[corp.example]'],
    ['the type in small letters', 'corp.example', 'a', '$.dns[corp.example]'],
    ['another rule of the name', 'CORP.example.', 'TXT', '$.dns[corp.example]'],
    ['no rule of the type', 'corp.example', 'AAAA', undefined],
    ['all types', 'www.corp.example', 'SRV', '$.dns[*.corp.example]'],
    ['PTR of an address', '4.3.2.10.in-addr.arpa', 'PTR', '$.dns[10.0.0.0/8]'],
    ['with a trailing dot', '4.3.2.10.IN-ADDR.ARPA.', 'PTR', '$.dns[10.0.0.0/8]'],
    ['PTR of another', '4.3.2.11.in-addr.arpa', 'PTR', undefined],
    ['PTR of a part of an address', '3.2.10.in-addr.arpa', 'PTR', undefined],
    ['PTR of an IPv6 address', `${'1.0.0.0.'.repeat(6)}8.b.d.0.1.0.0.2.ip6.arpa`, 'PTR', '$.dns[2001:db8::/32]'],
    ['another type of that name', '4.3.2.10.in-addr.arpa', 'A', undefined],
    ['PTR of a name', 'ptr.example', 'PTR', '$.dns[ptr.example]'],
    ['the empty name', '', 'A', undefined],
  ]
  for (const [sentence, name, type, path] of cases) t.equal(matcher.match({ name, type })?.ref.path, path, sentence)
})
