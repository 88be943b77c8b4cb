import t from 'tap'
import { isObject } from '../../../../agent/config/edit/file-value.js'

void t.test('objects, and what is none', async (t) => {
  for (const value of [{}, { a: 1 }]) t.ok(isObject(value))
  for (const value of [null, [], 'x', 1, undefined]) t.notOk(isObject(value))
})
