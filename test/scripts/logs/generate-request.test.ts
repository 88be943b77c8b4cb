import t from 'tap'
import { parseStart, US_PER_HOUR } from '../../../agent/synth/calendar.js'
import { checkRequest, endpointsOf, type GenerateOptions } from '../../../scripts/logs/generate-request.js'

const USUAL: GenerateOptions = { start: '2026-11-02', endpoints: '1', gzip: false }

void t.test('what is asked for', async (t) => {
  const cases: readonly (readonly [sentence: string, options: Partial<GenerateOptions>, wanted: object])[] = [
    [
      'nothing: a day of one endpoint to standard output',
      {},
      {
        start: parseStart('2026-11-02'),
        amount: { duration: 24 * US_PER_HOUR },
        endpoints: 1,
        shard: { index: 0, count: 1 },
        wholeEndpoints: false,
        directory: undefined,
        rotateBytes: undefined,
        live: undefined,
      },
    ],
    ['lines', { lines: '10' }, { amount: { lines: 10 } }],
    ['bytes', { size: '10M' }, { amount: { bytes: 10 * 1024 * 1024 } }],
    ['a time', { duration: '8h' }, { amount: { duration: 8 * US_PER_HOUR } }],
    ['a shard, counted from 1', { shard: '2/3' }, { shard: { index: 1, count: 3 } }],
    ['a directory takes whole endpoints', { out: 'logs' }, { directory: 'logs', wholeEndpoints: true }],
    ['standard output by its name', { out: '-' }, { directory: undefined }],
    ['files of a size', { out: 'logs', rotate: '10M' }, { rotateBytes: 10 * 1024 * 1024 }],
    ['a rate without end', { live: '6000/m' }, { live: 100, amount: { lines: Number.POSITIVE_INFINITY } }],
    ['a rate for a time', { live: '100', duration: '1m' }, { amount: { lines: 6000 } }],
    ['a rate for so many lines', { live: '100', lines: '7' }, { amount: { lines: 7 } }],
  ]
  for (const [sentence, options, wanted] of cases)
    t.match(checkRequest({ ...USUAL, ...options }, false), wanted, sentence)
})

void t.test('what is refused', async (t) => {
  const cases: readonly (readonly [options: Partial<GenerateOptions>, code: string])[] = [
    [{ start: 'Monday' }, 'bad-start'],
    [{ duration: '0h' }, 'bad-duration'],
    [{ lines: '1e6' }, 'bad-lines'],
    [{ lines: '0' }, 'bad-lines'],
    [{ size: 'big' }, 'bad-size'],
    [{ endpoints: '-1' }, 'bad-endpoints'],
    [{ shard: '4/3' }, 'bad-shard'],
    [{ shard: '1/2/3' }, 'bad-shard'],
    [{ live: 'fast' }, 'bad-live'],
    [{ rotate: '1k', out: 'logs' }, 'bad-rotate'],
    [{ lines: '1', size: '1' }, 'amount-twice'],
    [{ rotate: '10M' }, 'options-clash'],
    [{ shard: '1/2', out: 'logs' }, 'options-clash'],
    [{ live: '1', gzip: true }, 'options-clash'],
    [{ live: '1', endpoints: '2' }, 'options-clash'],
    [{ live: '1', shard: '1/2' }, 'options-clash'],
    [{ live: '1', rotate: '10M', out: 'logs' }, 'options-clash'],
  ]
  for (const [options, code] of cases) {
    const mistake = { code, exitCode: 2, message: /^[^\n]+$/ }
    t.throws(() => checkRequest({ ...USUAL, ...options }, false), mistake, JSON.stringify(options))
  }
})

void t.test('a terminal gets no log unless it is asked for by name', async (t) => {
  t.throws(() => checkRequest(USUAL, true), { code: 'out-missing', exitCode: 2 })
  t.match(checkRequest({ ...USUAL, out: '-' }, true), { directory: undefined })
  t.match(checkRequest({ ...USUAL, out: 'logs' }, true), { directory: 'logs' })
})

void t.test('every endpoint is in one shard, and in order', async (t) => {
  for (const endpoints of [1, 2, 5, 7, 1000])
    for (const count of [1, 2, 3, 5, 7].filter((count) => count <= endpoints)) {
      const request = checkRequest({ ...USUAL, endpoints: String(endpoints) }, false)
      const parts = Array.from({ length: count }, (_, index) => endpointsOf({ ...request, shard: { index, count } }))
      t.ok(parts.every((part) => part.length > 0))
      t.strictSame(
        parts.flat(),
        Array.from({ length: endpoints }, (_, i) => i),
        `${endpoints} by ${count}`,
      )
    }
})
