import t from 'tap'
import { readPort } from '../../../scripts/commands/up.js'

void t.test('a port as it is typed', async (t) => {
  for (const [text, port] of [
    ['0', 0],
    ['3128', 3128],
    ['65535', 65_535],
    ['00080', 80],
  ] as const)
    t.equal(readPort(text), port, text)
  for (const text of ['', ' ', 'abc', '-1', '65536', '99999', '1e3', '0x50', '80.5', '80 ', 'NaN', '100000'])
    t.throws(() => readPort(text), { code: 'bad-port', exitCode: 2, message: `not "${text}"` }, JSON.stringify(text))
})
