import t from 'tap'
import { messageOf, SteerError, userMistake } from '../../agent/errors.js'

void t.test('a fault carries its code, its cause and exit code 1', async (t) => {
  const cause = new Error('below')
  const error = new SteerError('some-code', 'It did not work.', { cause })
  t.match(error, { name: 'SteerError', code: 'some-code', message: 'It did not work.', exitCode: 1, cause })
})

void t.test("a user's mistake has exit code 2, and no cause unless there is one", async (t) => {
  const error = userMistake('bad-flag', 'The flag is wrong.')
  t.match(error, { code: 'bad-flag', exitCode: 2 })
  t.notOk('cause' in error)
})

void t.test('anything thrown has a message', async (t) => {
  t.equal(messageOf(new Error('word')), 'word')
  t.equal(messageOf('text'), 'text')
  t.equal(messageOf(undefined), 'undefined')
})
