/** Which of an origin's names its stand-in carries. */

import { isIP } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { namesToCarry } from '../../certs/mirrored-names.js'

type Names = readonly string[]

const CASES: readonly [why: string, host: string, names: Names | undefined, carried: Names][] = [
  ['the origin is not known', 'box.com', undefined, ['box.com']],
  ['the host is among them', 'box.com', ['*.box.com', 'box.com', 'box.net'], ['box.com', '*.box.com', 'box.net']],
  ['a wildcard covers it', 'www.box.com', ['box.com', '*.box.com'], ['*.box.com', 'box.com']],
  ['a wildcard covers one label only', 'a.b.box.com', ['*.box.com'], ['a.b.box.com']],
  ['a wildcard does not cover its parent', 'box.com', ['*.box.com'], ['box.com']],
  ['they are others', 'box.com', ['zoom.us', 'notbox.com', '*.com.'], ['*.com', 'zoom.us', 'notbox.com']],
  ['they are of no use', 'box.com', ['zoom.us', 'notbox.com'], ['box.com']],
  ['letter case and the final dot do not count', 'WWW.Box.com.', ['*.BOX.com'], ['*.box.com']],
  [
    'international names are the same in punycode',
    'bücher.example',
    ['xn--bcher-kva.example'],
    ['xn--bcher-kva.example'],
  ],
  ['what no certificate can carry is left out', 'box.com', ['a b', 'box.com', '', '*.*.com'], ['box.com']],
  ['a name is not carried twice', 'box.com', ['box.com', 'BOX.com', 'box.com.'], ['box.com']],
  ['an address is among them', '10.0.0.1', ['box.com', '10.0.0.1'], ['10.0.0.1', 'box.com']],
  ['an address is written otherwise', '::1', ['0:0:0:0:0:0:0:1'], ['0:0:0:0:0:0:0:1']],
  ['an address is not covered by a wildcard', '10.0.0.1', ['*.0.0.1', '10.0.0.2'], ['10.0.0.1']],
]

void t.test("the origin's names are carried when they cover the host", async (t) => {
  for (const [why, host, names, carried] of CASES)
    t.strictSame(namesToCarry(host, names && { names }).names, carried, why)
})

void t.test("the common name is the origin's, if it is one, else the name that covers the host", async (t) => {
  const names: Names = ['box.com', '*.box.com']
  for (const [commonName, carried] of [
    ['*.box.com', '*.box.com'],
    ['Box Inc.', 'box.com'],
    ['', 'box.com'],
  ] as const)
    t.equal(namesToCarry('box.com', { commonName, names }).commonName, carried, commonName)
  t.equal(namesToCarry('zoom.us', { commonName: 'box.com', names }).commonName, 'zoom.us', 'of a stranger')
})

void t.test('of many names the host is there, and not more than a hundred', async (t) => {
  const strangers = Array.from({ length: 240 }, (_, n) => `s${n}.example`)
  const { names } = namesToCarry('box.com', { names: ['zoom.us', ...strangers, '*.com', 'box.com'] })
  t.equal(names.length, 100)
  t.equal(names[0], 'box.com')
  t.strictSame(namesToCarry('box.com', { names: ['zoom.us', ...strangers, ...strangers, 'box.com'] }).names, [
    'box.com',
  ])
})

void t.test('whatever the origin says, the host is covered', async () => {
  const text = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.string(), fc.constant('*.example.com'))
  fc.assert(
    fc.property(fc.oneof(fc.domain(), fc.ipV4()), fc.array(text), (host, names) => {
      const [first] = namesToCarry(host, { names }).names
      return first === host.toLowerCase() || (isIP(host) === 0 && first === host.toLowerCase().replace(/^[^.]+/, '*'))
    }),
  )
})
