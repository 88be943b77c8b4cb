import fc from 'fast-check'
import t from 'tap'
import { Random } from '../../../agent/synth/random.js'
import { Weighted, zipfWeights } from '../../../agent/synth/weighted.js'

const DRAWS = 200_000

/** How often each of n indices was drawn, as shares of 1. */
function shares(weights: readonly number[], key: string): number[] {
  const weighted = new Weighted([...weights.keys()], weights)
  const random = Random.of(key)
  const seen = new Array<number>(weights.length).fill(0)
  for (let i = 0; i < DRAWS; i++) seen[weighted.pick(random)]!++
  return seen.map((count) => count / DRAWS)
}

void t.test('each item comes as often as its weight says', async (t) => {
  const cases: [sentence: string, weights: readonly number[]][] = [
    ['equal weights', [1, 1, 1, 1]],
    ['whole numbers', [1, 2, 3, 4]],
    ['fractions', [0.7, 0.2, 0.1]],
    ['one far above the rest', [1000, 1, 1]],
    ['a weight of zero never comes', [5, 0, 5]],
    ['a single item', [3]],
    ['two hundred by popularity', zipfWeights(200)],
  ]
  for (const [sentence, weights] of cases) {
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    for (const [index, share] of shares(weights, sentence).entries()) {
      const expected = weights[index]! / total
      // Five standard deviations of a share in that many draws.
      const tolerance = 5 * Math.sqrt((expected * (1 - expected)) / DRAWS)
      t.ok(Math.abs(share - expected) <= tolerance, `${sentence}: ${index} has ${share}, expected ${expected}`)
    }
  }
})

void t.test('only items with a weight are drawn, whatever the weights', async (t) => {
  const weight = fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e9, noNaN: true }))
  fc.assert(
    fc.property(fc.array(weight, { minLength: 1, maxLength: 40 }), fc.string(), (weights, key) => {
      fc.pre(weights.some((each) => each > 0))
      const weighted = new Weighted(weights, weights)
      const random = Random.of(key)
      return Array.from({ length: 50 }, () => weighted.pick(random)).every((picked) => picked > 0)
    }),
  )
  t.pass()
})

void t.test('weights that mean nothing are refused', async (t) => {
  const cases: [sentence: string, weights: readonly number[]][] = [
    ['none for an item', [1]],
    ['one too many', [1, 1, 1]],
    ['all zero', [0, 0]],
    ['a negative one', [2, -1]],
    ['not a number', [1, Number.NaN]],
    ['without end', [1, Number.POSITIVE_INFINITY]],
  ]
  for (const [sentence, weights] of cases)
    t.throws(() => new Weighted(['a', 'b'], weights), { code: 'weights-invalid' }, sentence)
  t.throws(() => new Weighted([], []), { code: 'weights-invalid' }, 'nothing to choose from')
  t.doesNotThrow(() => new Weighted(['a', 'b'], [0, 1]))
})

void t.test('Zipf weights are one by rank', async (t) => {
  t.strictSame(zipfWeights(4), [1, 1 / 2, 1 / 3, 1 / 4])
  t.strictSame(zipfWeights(0), [])
})
