import t from 'tap'
import { blockMemory } from '../../../agent/capture-file/block-memory.js'
import { classicFormat } from '../../../agent/capture-file/classic-format.js'

const FORMAT = classicFormat({ interfaces: [], comment: 'c', application: 'a', os: 'o', snapLength: 96 })

void t.test('the head is that of pcap-savefile(5)', async (t) => {
  const magic = 'd4c3b2a1'
  const version = '02000400'
  t.equal(Buffer.from(FORMAT.head).toString('hex'), `${magic}${version}${'00'.repeat(8)}6000000001000000`)
})

void t.test('a record has seconds, microseconds, what is kept and what was', async (t) => {
  const memory = blockMemory(100)
  const facts = { interfaceId: 1, atUs: 1_795_435_200_999_999, outbound: true }
  FORMAT.writeAround(memory, 3, facts, 40, 1500, FORMAT.comment('nowhere to be put'))
  t.strictSame(
    [3, 7, 11, 15].map((at) => memory.view.getUint32(at, true)),
    [1_795_435_200, 999_999, 40, 1500],
  )
  t.equal(FORMAT.packetAt, 16)
  t.equal(FORMAT.blockBytes(41, 0), 57, 'not padded')
  t.equal(FORMAT.lengthOfBlock(memory.view, 3), 56)
})

void t.test('there is no place for secrets, comments and statistics', async (t) => {
  t.equal(FORMAT.secrets(Buffer.from('CLIENT_RANDOM')), undefined)
  t.equal(FORMAT.comment('c').length, 0)
  t.equal(FORMAT.tail(0, [{ taken: 1, dropped: 0 }]).length, 0)
})
