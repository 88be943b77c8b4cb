import t from 'tap'
import { headerReply, isReplyTo, isTruncated, withId } from '../../../agent/dns/wire.js'
import { FLAGS, ipv4Data, messageBytes, responseTo } from '../../support/dns-message.js'

const query = messageBytes({ id: 0x1234, flags: FLAGS.query, question: { name: 'Www.Box.com', type: 1 } })
const reply = responseTo(query, FLAGS.answer, [{ name: 'www.box.com', type: 1, data: ipv4Data('1.2.3.4') }])
const other = (name: string, type: number): Buffer =>
  messageBytes({ id: 0x1234, flags: FLAGS.answer, question: { name, type } })

const cases: readonly (readonly [string, Buffer, boolean])[] = [
  ['the reply with ID and question', reply, true],
  ['the same in other case', other('wWW.bOX.COM', 1), true],
  ['another ID', withId(reply, 0x1235), false],
  ['another name', other('www.bax.com', 1), false],
  ['a longer name', other('www.box.com.x', 1), false],
  ['another type', other('www.box.com', 28), false],
  ['the query itself', query, false],
  ['a bare header that refuses', headerReply(query, 5), true],
  ['a bare header that says all is well', headerReply(query, 0), false],
  ['a reply cut in its question', reply.subarray(0, 20), false],
  ['half a header', reply.subarray(0, 8), false],
]
for (const [sentence, message, matches] of cases) {
  void t.test(`${sentence} ${matches ? 'answers' : 'does not answer'} the query`, async (t) => {
    t.equal(isReplyTo(query, message), matches)
  })
}

void t.test('a query whose own question cannot be read has no reply', async (t) => {
  t.equal(isReplyTo(query.subarray(0, 15), reply), false)
})

void t.test('a new ID leaves the given bytes alone and the others equal', async (t) => {
  const changed = withId(query, 0xffff)
  t.equal(query.readUInt16BE(0), 0x1234)
  t.equal(changed.readUInt16BE(0), 0xffff)
  t.same(changed.subarray(2), query.subarray(2))
})

void t.test('a header reply echoes ID, opcode and RD, and counts nothing', async (t) => {
  const notify = messageBytes({ id: 0x0102, flags: 0x2500, question: { name: 'a.test', type: 6 } })
  t.equal(headerReply(notify, 4).toString('hex'), '0102a1840000000000000000')
})

void t.test('TC is seen', async (t) => {
  t.equal(isTruncated(reply), false)
  t.equal(isTruncated(responseTo(query, FLAGS.truncated)), true)
})
