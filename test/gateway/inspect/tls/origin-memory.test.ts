import t from 'tap'
import { OriginMemory, originKey } from '../../../../gateway/inspect/tls/origin-memory.js'

const trait = { setting: 'notHttp', reason: 'not-http', why: 'It is not.' } as const

void t.test('a trait is believed for five minutes, of that origin alone', async (t) => {
  let now = 0
  const memory = new OriginMemory(() => now)
  const key = originKey('192.0.2.1', 443, 'box.com')
  memory.learnTrait(key, trait)
  t.equal(memory.trait(key), trait)
  for (const other of [originKey('192.0.2.2', 443, 'box.com'), originKey('192.0.2.1', 8443, 'box.com')])
    t.equal(memory.trait(other), undefined)
  now = 5 * 60_000 - 1
  t.equal(memory.trait(key), trait)
  now += 1
  t.equal(memory.trait(key), undefined, 'then it is found out anew')
})

void t.test('sessions and openness are remembered apart from traits', async (t) => {
  const memory = new OriginMemory(() => 0)
  const session = Buffer.from('ticket')
  memory.learnSession('a', session)
  t.equal(memory.session('a'), undefined, 'nobody would know the certificate of a connection that resumes it')
  memory.learnCertificate('a', { names: { subject: {} as never }, leaf: Buffer.of(1), issuer: undefined })
  t.equal(memory.session('a'), session)
  t.equal(memory.isOpen('a'), false)
  memory.learnOpen('a')
  t.equal(memory.isOpen('a'), true)
  t.equal(memory.session('b'), undefined)
})

void t.test('those used last are kept', async (t) => {
  const memory = new OriginMemory(() => 0, 2)
  for (const key of ['a', 'b', 'a', 'c']) memory.learnOpen(key)
  t.strictSame(
    ['a', 'b', 'c'].map((key) => memory.isOpen(key)),
    [true, false, true],
  )
})
