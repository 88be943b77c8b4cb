import t from 'tap'
import { padded } from '../../../agent/capture-file/pcapng-numbers.js'

void t.test('lengths are padded to a multiple of four', async (t) => {
  t.strictSame([0, 1, 3, 4, 5, 65_535].map(padded), [0, 4, 4, 4, 8, 65_536])
})
