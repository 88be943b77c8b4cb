import t from 'tap'
import { blockMemory } from '../../../agent/capture-file/block-memory.js'

void t.test('bytes and view are of one memory, as large as asked', async (t) => {
  const { bytes, view } = blockMemory(1000)
  view.setUint16(998, 0x0102)
  t.strictSame([...bytes.subarray(998)], [1, 2])
  t.equal(view.byteLength, 1000)
})
