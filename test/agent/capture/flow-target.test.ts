import fc from 'fast-check'
import t from 'tap'
import { flowTarget, parseAbsoluteTarget, parseConnectTarget } from '../../../agent/capture/flow-target.js'

void t.test('a CONNECT target is read as a name or an address', async (t) => {
  const cases: readonly [why: string, text: string, expected: string][] = [
    ['a name', 'box.com:443', 'box.com||443'],
    ['a name in capitals with a trailing dot', 'BOX.com.:443', 'box.com||443'],
    ['a name with an underscore', '_dmarc.box.com:1', '_dmarc.box.com||1'],
    ['a name whose last label only starts with a digit', 'a.1x:80', 'a.1x||80'],
    ['an IPv4 address', '74.112.186.144:443', '|74.112.186.144|443'],
    ['an IPv6 address', '[2001:db8::1]:8443', '|2001:db8::1|8443'],
    ['an IPv6 address in its long spelling', '[2001:0DB8:0:0:0:0:0:1]:443', '|2001:db8::1|443'],
    ['an IPv4-mapped address', '[::ffff:192.0.2.1]:443', '|192.0.2.1|443'],
    ['an IPv4-mapped address in hexadecimal', '[::ffff:c000:201]:443', '|192.0.2.1|443'],
  ]
  for (const [why, text, expected] of cases) {
    const target = parseConnectTarget(text)
    t.equal(`${target?.host}|${target?.destination.ip}|${target?.destination.port}`, expected, why)
  }
})

void t.test('a wrong CONNECT target is none', async (t) => {
  const cases: readonly [why: string, text: string][] = [
    ['nothing', ''],
    ['no port', 'box.com'],
    ['an empty port', 'box.com:'],
    ['port 0', 'box.com:0'],
    ['a port over 65535', 'box.com:65536'],
    ['a port with a sign', 'box.com:+443'],
    ['a URL', 'http://box.com:443'],
    ['an origin-form target', '/:443'],
    ['a user', 'me@box.com:443'],
    ['a space', 'box com:443'],
    ['IPv6 without brackets', '2001:db8::1:443'],
    ['IPv6 with a zone', '[fe80::1%lo]:443'],
    ['IPv4 in brackets', '[192.0.2.1]:443'],
    ['a name in brackets', '[box.com]:443'],
    ['an IPv4 address out of range', '1.2.3.256:443'],
    ['an address in one number', '2130706433:443'],
    ['an address with two parts', '127.1:443'],
    ['an address in hexadecimal', '0x7f.0.0.0x1:443'],
    ['an empty label', 'box..com:443'],
    ['a label over 63 characters', `${'a'.repeat(64)}.com:443`],
    ['a name over 253 characters', `${'a.'.repeat(127)}com:443`],
    ['letters beyond ASCII', 'b\u00fccher.example:443'],
  ]
  for (const [why, text] of cases) t.equal(parseConnectTarget(text), undefined, why)
})

void t.test('an absolute-form target gives host, Host header and path', async (t) => {
  const cases: readonly [why: string, text: string, host: string, port: number, authority: string, path: string][] = [
    ['as usual', 'http://box.com/a?b=c', 'box.com', 80, 'box.com', '/a?b=c'],
    ['without a path', 'http://box.com', 'box.com', 80, 'box.com', '/'],
    ['with a query only', 'http://box.com?x', 'box.com', 80, 'box.com', '/?x'],
    ['with a port', 'http://Box.com:8080/', 'box.com', 8080, 'Box.com:8080', '/'],
    ['with slashes to be kept', 'http://box.com//a//http://b', 'box.com', 80, 'box.com', '//a//http://b'],
    ['with a scheme in capitals', 'HTTP://box.com/', 'box.com', 80, 'box.com', '/'],
    ['an IPv6 host', 'http://[::1]:81/x', '', 81, '[::1]:81', '/x'],
  ]
  for (const [why, text, host, port, authority, path] of cases) {
    const absolute = parseAbsoluteTarget(text)
    t.match(absolute, { target: { host, destination: { port } }, authority, path }, why)
  }
  for (const text of [
    '/',
    '*',
    'box.com:80',
    'https://box.com/',
    'http:///x',
    'http://a@box.com/',
    'http://box.com/#f',
    'http://[x]/',
  ])
    t.equal(parseAbsoluteTarget(text), undefined, `${text} is none`)
})

void t.test('whatever is read, is a name without an address or an address without a name', async (t) => {
  const host = fc.oneof(
    fc.string(),
    fc.domain(),
    fc.ipV4(),
    fc.ipV6().map((ip) => `[${ip}]`),
    fc.string({ unit: 'binary' }),
  )
  const line = fc.oneof(
    fc.tuple(host, fc.integer({ min: -1, max: 70_000 })).map(([h, p]) => `${h}:${p}`),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(line, (text) => {
      for (const target of [parseConnectTarget(text), parseAbsoluteTarget(`http://${text}/x`)?.target]) {
        if (target === undefined) continue
        const { ip, port } = target.destination
        if ((target.host === '') === (ip === '')) return false
        // What we made of it reads as itself.
        const again = flowTarget(target.host || ip, port)
        if (again?.host !== target.host || again.destination.ip !== ip || again.destination.port !== port) return false
      }
      return true
    }),
    { numRuns: 10_000 },
  )
  t.pass('10,000 random and nearly right targets')
})
