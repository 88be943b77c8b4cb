/** The host a request names. */

import fc from 'fast-check'
import t from 'tap'
import { isHostField, isSameHost } from '../../../gateway/inspect/host-field.js'
import { hostOf } from '../../../gateway/inspect/judge/judged-request.js'

void t.test('what may stand in Host', async (t) => {
  for (const [text, may] of [
    ['a.example', true],
    ['A.example:8443', true],
    ['a.example:', true],
    ['', true],
    ['192.0.2.7:80', true],
    ['[2001:db8::1]', true],
    ['[2001:db8::1]:443', true],
    ['2001:db8::1', false],
    ['[a.example]', false],
    ['a.example:http', false],
    ['a.example:80:80', false],
    ['b.example@a.example', false],
    ['a.example/b', false],
    ['a.example?b', false],
    ['a.example#b', false],
    ['a.example\\b', false],
    ['a.example,b.example', false],
    ['a.example b.example', false],
    ['a.example\n', false],
  ] as const)
    t.equal(isHostField(text), may, JSON.stringify(text))
})

void t.test('every host that can be judged may stand there', async () => {
  const text = fc.oneof(fc.domain(), fc.ipV4(), fc.string())
  fc.assert(fc.property(text, (authority) => hostOf(authority) === '' || isHostField(authority)))
})

void t.test('when two name the same', async (t) => {
  for (const [one, other, scheme, same] of [
    ['a.example', 'A.example', 'https', true],
    ['a.example:443', 'a.example', 'https', true],
    ['a.example', 'a.example:443', 'https', true],
    ['a.example:443', 'a.example', 'http', false],
    ['a.example:80', 'a.example', 'http', true],
    ['a.example:80', 'a.example', 'https', false],
    ['a.example', 'b.example', 'https', false],
    ['a.example:1', 'a.example:2', 'https', false],
    ['', 'a.example', 'https', false],
    ['', '', 'https', true],
  ] as const)
    t.equal(isSameHost(one, other, scheme), same, `${one} and ${other}, ${scheme}`)
})
