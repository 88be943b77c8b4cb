import fc from 'fast-check'
import t from 'tap'
import type { DomainReading } from '../../../agent/steering/match-domain.js'
import { DomainMatcher, isAppDomain, isExceptionDomain, normalizeHost } from '../../../agent/steering/match-domain.js'

void t.test('a host has one spelling', async (t) => {
  const cases: [sentence: string, host: string, name: string][] = [
    ['lower case stays', 'www.box.com', 'www.box.com'],
    ['upper case is lowered', 'WWW.Box.COM', 'www.box.com'],
    ['one trailing dot goes', 'box.com.', 'box.com'],
    ['two trailing dots are no name', 'box.com..', ''],
    ['a leading dot is no name', '.box.com', ''],
    ['an empty label is no name', 'a..com', ''],
    ['an underscore is allowed, as in _dmarc', '_dmarc.box.com', '_dmarc.box.com'],
    ['one label is a name', 'localhost', 'localhost'],
    ['an IDN becomes punycode', 'bücher.example', 'xn--bcher-kva.example'],
    ['an IDN in upper case becomes the same', 'BÜCHER.example.', 'xn--bcher-kva.example'],
    ['punycode stays', 'xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['an ideographic full stop is a dot', 'zoom。us', 'zoom.us'],
    ['a path behind a name is not cut off to make one', 'é/zoom.us', ''],
    ['a user before a name is not cut off to make one', 'é@zoom.us', ''],
    ['a number is not read as an address', '123', '123'],
    ['an address in text stays', '10.1.2.3', '10.1.2.3'],
    ['an IPv6 address is no name', '2001:db8::1', ''],
    ['a space is no name', 'box .com', ''],
    ['a line break is no name', 'box.com\n', ''],
    ['a wildcard is no name', '*.box.com', ''],
    ['nothing is no name', '', ''],
    ['a label of 63 characters is a name', `${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`],
    ['a label of 64 characters is none', `${'a'.repeat(64)}.com`, ''],
    ['a name of 253 characters is a name', `${'a.'.repeat(126)}a`, `${'a.'.repeat(126)}a`],
    ['a name of 255 characters is none', `${'a.'.repeat(127)}a`, ''],
    ['a name of a million characters is none', 'a.'.repeat(500_000), ''],
  ]
  for (const [sentence, host, name] of cases) t.equal(normalizeHost(host), name, sentence)
})

void t.test('the two readings of an entry (client-behaviour 2.4)', async (t) => {
  const cases: [sentence: string, reading: DomainReading, entry: string, host: string, matches: boolean][] = [
    ['*.x covers what is below x', 'table', '*.netskope.com', 'www.netskope.com', true],
    ['*.x covers what is deep below x', 'table', '*.netskope.com', 'a.b.c.netskope.com', true],
    ['*.x does not cover x', 'table', '*.netskope.com', 'netskope.com', false],
    ['x covers x', 'table', 'netskope.com', 'netskope.com', true],
    ['x does not cover what is below x', 'table', 'netskope.com', 'www.netskope.com', false],
    ['*.x ends at a label boundary', 'table', '*.example.com', 'mail.1example.com', false],
    ['case does not matter, nor does a trailing dot', 'table', '*.Example.COM.', 'MAIL.example.com', true],
    ['an IDN entry covers the punycode host', 'table', '*.bücher.example', 'www.xn--bcher-kva.example', true],
    ['the empty host is covered by no name', 'table', 'netskope.com', '', false],
    ['pinned x covers x', 'suffix', 'example.com', 'example.com', true],
    ['pinned x covers what is below x', 'suffix', 'example.com', 'mail.example.com', true],
    ['pinned x covers what is deep below x', 'suffix', 'example.com', 'y.x.example.com', true],
    ['pinned x ends at a label boundary', 'suffix', 'example.com', 'mail.1example.com', false],
    ['pinned x does not cover a longer domain', 'suffix', 'example.com', 'example.com.evil.org', false],
    ['pinned * covers any host', 'suffix', '*', 'anything.at.all', true],
    ['pinned * covers the empty host', 'suffix', '*', '', true],
    ['pinned * covers what is no host name', 'suffix', '*', 'not a name', true],
    ['pinned *.x is not supported: it covers nothing below x', 'suffix', '*.example.com', 'mail.example.com', false],
    ['pinned *.x is not supported: it does not cover x', 'suffix', '*.example.com', 'example.com', false],
    ['the empty host is covered by no pinned name', 'suffix', 'example.com', '', false],
  ]
  for (const [sentence, reading, entry, host, matches] of cases) {
    t.equal(new DomainMatcher([entry], reading).match(host), matches ? 0 : -1, sentence)
  }
})

void t.test('the entry that matched is named', async (t) => {
  const table = new DomainMatcher(['*.us', '*.zoom.us', 'us01.zoom.us', '*.zoom.us', 'bad entry'], 'table')
  t.equal(table.match('us01.zoom.us'), 2, 'the name itself before its domain')
  t.equal(table.match('us02.zoom.us'), 1, 'the longest domain, and of equal entries the first')
  t.equal(table.match('other.us'), 0, 'the shorter domain where no longer one covers')
  t.equal(table.match('zoom.com'), -1, 'none')
  const suffix = new DomainMatcher(['*', 'zoom.us', '*'], 'suffix')
  t.equal(suffix.match('a.zoom.us'), 1, 'a domain before *')
  t.equal(suffix.match('box.com'), 0, 'the first * for the rest')
})

void t.test('what may stand in a list', async (t) => {
  for (const good of ['zoom.us', '*.zoom.us', 'bücher.example', 'localhost']) t.ok(isExceptionDomain(good), good)
  for (const bad of ['', '*', '*.', '*zoom.us', 'a.*.us', '*.*.us', 'https://zoom.us', 'zoom us']) {
    t.notOk(isExceptionDomain(bad), `not ${JSON.stringify(bad)}`)
  }
  t.ok(isAppDomain('*'), 'app_domains may have *')
  t.notOk(isAppDomain('**'), 'app_domains may not have **')
})

/** Entry by entry, by the words of the documentation; the most specific of those that match. */
function naiveMatch(entries: readonly string[], reading: DomainReading, host: string): number {
  const name = normalizeHost(host)
  const ranks = entries.map((entry) => {
    if (reading === 'suffix' && entry === '*') return 0
    if (name === '') return -1
    const below = entry.startsWith('*.')
    const domain = normalizeHost(below ? entry.slice(2) : entry)
    if (domain === '' || (reading === 'suffix' && below)) return -1
    if (!below && name === domain) return 1000
    const mayBeBelow = below || reading === 'suffix'
    return mayBeBelow && name.endsWith(`.${domain}`) ? domain.length : -1
  })
  const best = Math.max(-1, ...ranks)
  return best === -1 ? -1 : ranks.indexOf(best)
}

void t.test('10,000 hostile hosts and lists match as the naive reading does', async (t) => {
  const label = fc.constantFrom('a', 'b', 'A', 'zoom', 'us', 'é', 'xn--9ca', '', '*', '_', 'a'.repeat(63))
  const dotted = fc.array(label, { maxLength: 6 }).map((labels) => labels.join('.'))
  const host = fc.oneof({ weight: 8, arbitrary: dotted }, fc.string({ unit: 'binary' }), fc.webAuthority())
  const entry = fc.oneof(
    dotted,
    dotted.map((name) => `*.${name}`),
    fc.constant('*'),
    host,
  )
  let matched = 0
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 8 }),
      fc.constantFrom('table', 'suffix'),
      host,
      (entries, reading, text) => {
        const index = new DomainMatcher(entries, reading).match(text)
        if (index !== -1) matched++
        return index === naiveMatch(entries, reading, text)
      },
    ),
    { numRuns: 10_000 },
  )
  t.ok(matched > 500, `${matched} of them matched something`)
})

void t.test('normalizing twice changes nothing', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const once = normalizeHost(text)
      return normalizeHost(once) === once
    }),
    { numRuns: 10_000 },
  )
  t.pass('held')
})
