/** Faults as words: what can be asked for, and that each is written as it is read. */

import fc from 'fast-check'
import t from 'tap'
import {
  FAULTLESS,
  faultInWords,
  readPopFault,
  readServiceFault,
  SERVICES,
  type ServiceName,
} from '../../../gateway/faults/fault.js'

const PLAIN = ['time-out', 'refuse', 'garbage', 'http-500', 'empty', 'wrong-tenant']

void t.test('every fault of a service is written as it is read', async (t) => {
  for (const service of SERVICES)
    for (const words of [...PLAIN, 'slow 0', 'slow 120000', ...(service === 'checker' ? ['portal'] : [])])
      t.equal(faultInWords(readServiceFault(service, words.split(' '))), words, `${service}: ${words}`)
  t.strictSame(readServiceFault('doh', ['slow', '300']), { kind: 'slow', ms: 300 })
})

void t.test('every fault of a POP is written as it is read', async (t) => {
  for (const words of ['down', 'loss', 'rtt 0', 'rtt 300']) t.equal(faultInWords(readPopFault(words.split(' '))), words)
  t.strictSame(readPopFault(['rtt', '80']), { kind: 'rtt', ms: 80 })
})

void t.test('what is no fault is a mistake that says what is one', async (t) => {
  const cases: readonly [why: string, service: ServiceName, words: string, message: RegExp][] = [
    ['nothing', 'doh', '', /a fault of doh is time-out, .* or slow MS, not ""/],
    ['an unknown word', 'ldns', 'broken', /a fault of ldns is .* not "broken"/],
    ['portal, but for the checker', 'gslb', 'portal', /not "portal"/],
    ['a word too many', 'addon', 'refuse now', /not "refuse now"/],
    ['slow by nothing', 'doh', 'slow', /not "slow"/],
    ['slow by no number', 'doh', 'slow down', /a number of ms from 0 to 120000, not "down"/],
    ['less than no time', 'doh', 'slow -1', /not "-1"/],
    ['longer than any time-out', 'doh', 'slow 120001', /not "120001"/],
  ]
  for (const [why, service, words, message] of cases)
    t.throws(() => readServiceFault(service, words.split(' ')), { code: 'bad-fault', exitCode: 2, message }, why)
  for (const words of ['', 'up', 'down now', 'rtt', 'rtt x', 'slow 3'])
    t.throws(() => readPopFault(words.split(' ')), { code: 'bad-fault', exitCode: 2 }, `POP: "${words}"`)
})

void t.test('any words are a fault or a mistake', async () => {
  const word = fc.oneof(fc.constantFrom(...PLAIN, 'slow', 'rtt', 'down', 'loss', '7', '1e3', '0x1', ''), fc.string())
  fc.assert(
    fc.property(fc.constantFrom(...SERVICES), fc.array(word, { maxLength: 3 }), (service, words) => {
      for (const read of [() => readServiceFault(service, words), () => readPopFault(words)])
        try {
          if (faultInWords(read()) !== words.join(' ')) return false
        } catch (error) {
          if ((error as { code?: string }).code !== 'bad-fault') return false
        }
      return true
    }),
  )
})

void t.test('how long it still lasts is told in seconds, rounded up', async (t) => {
  t.equal(faultInWords({ kind: 'slow', ms: 300 }, 12_000), 'slow 300, for 12 s more')
  t.equal(faultInWords({ kind: 'down' }, 11_001), 'down, for 12 s more')
  t.equal(faultInWords({ kind: 'down' }, -5), 'down, for 0 s more')
})

void t.test('FAULTLESS has no fault and takes listeners', async (t) => {
  FAULTLESS.onChange(() => t.fail('changed'))
  t.equal(FAULTLESS.current, undefined)
})
