import t from 'tap'
import { wireName } from '../../../agent/steering/wire-name.js'

void t.test('a name off the wire has one spelling, or is none', async (t) => {
  const cases: readonly [text: string, name: string][] = [
    ['box.com', 'box.com'],
    ['BOX.com.', 'box.com'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['_spf.box.com', '_spf.box.com'],
    ['b\u00fccher.example', ''],
    ['\uff42\uff4f\uff58.com', ''],
    ['box.com ', ''],
    ['box..com', ''],
    ['192.0.2.1', ''],
    ['2001:db8::1', ''],
    ['', ''],
  ]
  for (const [text, name] of cases) t.equal(wireName(text), name, JSON.stringify(text))
})
