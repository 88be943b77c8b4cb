/** Members in memory. */

import t from 'tap'
import { foundTogether, jsonMember, textMember, whyNot } from '../../../../agent/diag/bundle/member.js'
import { HIDDEN } from '../../../../agent/diag/bundle/redact.js'
import { bytesIn } from '../../../support/member-bytes.js'

void t.test('a text is what it was', async (t) => {
  const member = textMember('a.txt', 'somewhere', 'grün\n', ['one'])
  t.equal(`${await bytesIn(member)}`, 'grün\n')
  t.strictSame([member.sourceBytes, member.redactions(), member.remarks()], [6, ['one'], []])
})

void t.test('JSON loses its own secrets and those known from elsewhere', async (t) => {
  const member = jsonMember('a.json', 'x', { OrgKey: 'abc', seen: 'has planted-secret in it' }, ['planted-secret'])
  t.strictSame(JSON.parse(`${await bytesIn(member)}`), { OrgKey: HIDDEN, seen: `has ${HIDDEN} in it` })
  t.strictSame(member.redactions(), ['OrgKey'])
})

void t.test('places are put together in their order', async (t) => {
  const one = { members: [textMember('1', '', '')], leftOut: [{ what: 'a', why: 'b' }] }
  const two = { members: [textMember('2', '', '')], leftOut: [] }
  const { members, leftOut } = foundTogether([one, two])
  t.strictSame([members.map(({ name }) => name), leftOut], [['1', '2'], [{ what: 'a', why: 'b' }]])
})

void t.test('what the system says is said in words', async (t) => {
  t.equal(whyNot(Object.assign(new Error('x'), { code: 'ENOENT' })), 'it is not there')
  t.equal(whyNot(Object.assign(new Error('x'), { code: 'EACCES' })), 'permission denied')
  t.equal(whyNot(Object.assign(new Error('x'), { code: 'ELOOP' })), 'it is a symbolic link')
  t.equal(whyNot(Object.assign(new Error('x'), { code: 'EIO' })), 'EIO')
  t.equal(whyNot(new Error('some words')), 'some words')
})
