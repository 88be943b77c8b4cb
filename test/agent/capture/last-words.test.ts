import { once } from 'node:events'
import t from 'tap'
import { answerOnce, sayLastWords } from '../../../agent/capture/last-words.js'
import { allOf, closed } from '../../support/loopback.js'
import { socketPair } from '../../support/socket-pair.js'

void t.test('yes is said once', async (t) => {
  const [client, accepted] = await socketPair()
  const { opened } = answerOnce(accepted, { yes: 'yes', no: () => 'no' })
  opened()
  opened()
  accepted.end(' and data')
  t.equal(await allOf(client), 'yes and data')
  client.destroy()
})

void t.test('a no is said and ends the connection, a no after a yes resets it', async (t) => {
  const [told, refused] = await socketPair()
  answerOnce(refused, { yes: 'yes', no: (failure) => `no: ${failure}` }).failed('blocked')
  t.equal(await allOf(told), 'no: blocked')
  told.destroy()

  const [client, accepted] = await socketPair()
  const answers = answerOnce(accepted, { yes: 'yes', no: () => 'no' })
  answers.opened()
  await once(client.resume(), 'data')
  const failed = once(client, 'error')
  answers.failed('blocked')
  t.match(await failed, [{ code: 'ECONNRESET' }])
})

void t.test('last words arrive although the program is still sending', async (t) => {
  const [client, accepted] = await socketPair()
  client.write(Buffer.alloc(200_000))
  accepted.pause()
  sayLastWords(accepted, 'no')
  t.equal(await allOf(client), 'no')
  client.end()
  await closed(accepted)
  sayLastWords(accepted, 'too late')
  t.pass('a closed socket is left alone')
})

void t.test('a program that does not close is closed', { timeout: 5_000 }, async (t) => {
  const [client, accepted] = await socketPair()
  sayLastWords(accepted, 'no')
  t.equal(await allOf(client), 'no')
  await closed(accepted)
  t.notOk(client.writableEnded, 'it was not the program')
  client.destroy()
})
