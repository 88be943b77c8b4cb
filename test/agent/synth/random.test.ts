import fc from 'fast-check'
import t, { type Test } from 'tap'
import { Random } from '../../../agent/synth/random.js'

const DRAWS = 200_000

/** Mean and standard deviation of many draws. */
function moments(draw: () => number): { mean: number; deviation: number; least: number; most: number } {
  let [sum, squares, least, most] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < DRAWS; i++) {
    const value = draw()
    sum += value
    squares += value * value
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  const mean = sum / DRAWS
  return { mean, deviation: Math.sqrt(squares / DRAWS - mean * mean), least, most }
}

/** sfc32 once more, in big integers that cannot overflow. */
function* sfc32(a: bigint, b: bigint, c: bigint): Generator<number> {
  const mask = 0xffff_ffffn
  for (let counter = 1n; ; counter++) {
    const sum = (a + b + counter) & mask
    a = b ^ (b >> 9n)
    b = (c + (c << 3n)) & mask
    c = ((((c << 21n) | (c >> 11n)) & mask) + sum) & mask
    yield Number(sum)
  }
}

void t.test('the generator is sfc32', async (t) => {
  const expected = sfc32(0x9e3779b9n, 0xdeadbeefn, 7n)
  for (let i = 0; i < 16; i++) expected.next()
  const random = new Random(0x9e3779b9, 0xdeadbeef, 7)
  for (let i = 0; i < 1000; i++) t.equal(random.uint32(), expected.next().value)
})

void t.test('a key gives the same numbers for ever', async (t) => {
  const random = Random.of('steerlab', 'endpoint', 3, 'day', 20_759)
  t.strictSame(
    Array.from({ length: 6 }, () => random.uint32()),
    GOLDEN_INTEGERS,
  )
  t.strictSame([random.exponential(1000), random.normal(50, 5), random.unit()], GOLDEN_FLOATS, 'to the bit')
})

void t.test('different keys give different streams', async (t) => {
  const cases: [sentence: string, one: Random, other: Random][] = [
    ['another seed', Random.of('a'), Random.of('b')],
    ['another last integer', Random.of('a', 1), Random.of('a', 2)],
    ['a sign', Random.of('a', 1), Random.of('a', -1)],
    ['a bit above the 32nd', Random.of('a', 5), Random.of('a', 5 + 2 ** 40)],
    ['a number and its text', Random.of('a', 1), Random.of('a', '1')],
    ['another split', Random.of('a', 'bc'), Random.of('a', 'b', 'c')],
    ['another order', Random.of('a', 1, 2), Random.of('a', 2, 1)],
    ['an empty part', Random.of('a'), Random.of('a', '')],
  ]
  for (const [sentence, one, other] of cases) t.not(one.uint32(), other.uint32(), sentence)
  t.equal(Random.of('a', 1).uint32(), Random.of('a', 1).uint32(), 'the same key gives the same')
})

void t.test('neighbouring keys are independent', async (t) => {
  const firsts = Array.from({ length: 20_000 }, (_, n) => Random.of('seed', 'flow', n).uint32())
  // 20,000 of 2^32 meet about 0.05 times.
  t.ok(new Set(firsts).size >= 19_998, 'first numbers do not repeat')
  let changed = 0
  let correlation = 0
  for (let n = 1; n < firsts.length; n++) {
    const [one = 0, other = 0] = [firsts[n - 1], firsts[n]]
    for (let bits = one ^ other; bits !== 0; bits &= bits - 1) changed++
    correlation += (one / 2 ** 32 - 0.5) * (other / 2 ** 32 - 0.5) * 12
  }
  near(t, changed / firsts.length, 16, 0.16, 'half of the bits change')
  near(t, correlation / firsts.length, 0, 0.03, 'no correlation')
  const buckets = new Array<number>(64).fill(0)
  for (const first of firsts) buckets[first >>> 26]!++
  const chiSquare = buckets.reduce((sum, seen) => sum + (seen - 312.5) ** 2 / 312.5, 0)
  t.ok(chiSquare < 120, `first numbers spread evenly: chi square ${chiSquare}, 63 expected`)
})

void t.test('integers', async (t) => {
  const random = Random.of('integers')
  const seen = new Array<number>(10).fill(0)
  for (let i = 0; i < DRAWS; i++) seen[random.below(10)]!++
  for (const count of seen) near(t, count / DRAWS, 0.1, 0.005, 'one of ten')
  const dice = moments(() => random.between(1, 6))
  near(t, dice.mean, 3.5, 0.03, 'a die')
  t.strictSame([dice.least, dice.most], [1, 6], 'both ends are included')
  t.equal(random.between(7, 7), 7)
  t.equal(random.below(1), 0)
  const wide = moments(() => random.below(2 ** 31))
  t.ok(wide.most < 2 ** 31 && wide.most > 2 ** 31 * 0.999, 'a wide range is used to its end')
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 2 ** 31 }), (key, n) => {
      const value = Random.of(key).below(n)
      return Number.isInteger(value) && value >= 0 && value < n
    }),
  )
})

void t.test('unit, chance and pick', async (t) => {
  const random = Random.of('unit')
  const unit = moments(() => random.unit())
  near(t, unit.mean, 0.5, 0.005, 'mean')
  near(t, unit.deviation, Math.sqrt(1 / 12), 0.005, 'deviation')
  t.ok(unit.least >= 0 && unit.most < 1)
  near(t, moments(() => Number(random.chance(0.3))).mean, 0.3, 0.01, 'chance')
  t.equal(moments(() => Number(random.chance(0))).most, 0, 'never')
  t.equal(moments(() => Number(random.chance(1))).least, 1, 'always')
  const picked = new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])))
  t.strictSame([...picked].sort(), ['a', 'b', 'c'])
})

void t.test('exponential', async (t) => {
  const random = Random.of('exponential')
  const draws = Float64Array.from({ length: DRAWS }, () => random.exponential(1000)).sort()
  const { mean, deviation } = moments(() => random.exponential(1000))
  near(t, mean, 1000, 10, 'mean')
  near(t, deviation, 1000, 15, 'deviation')
  t.ok(draws[0]! > 0, 'positive')
  for (const p of [0.01, 0.1, 0.5, 0.9, 0.99, 0.999]) {
    const expected = -1000 * Math.log(1 - p)
    near(t, draws[Math.floor(p * DRAWS)]!, expected, 1 + expected * 0.05, `quantile ${p}`)
  }
  t.ok(new Set(draws).size > DRAWS * 0.999, 'continuous')
})

void t.test('normal', async (t) => {
  const random = Random.of('normal')
  const draws = moments(() => random.normal(100, 15))
  near(t, draws.mean, 100, 0.2, 'mean')
  near(t, draws.deviation, 15, 0.2, 'deviation')
  t.ok(draws.least > 100 - 3.5 * 15 && draws.most < 100 + 3.5 * 15, 'within its bounds')
  let within = 0
  for (let i = 0; i < DRAWS; i++) if (Math.abs(random.normal(0, 1)) < 1) within++
  near(t, within / DRAWS, 0.6827, 0.02, 'two thirds within one deviation')
})

function near(t: Test, actual: number, expected: number, tolerance: number, sentence: string): void {
  t.ok(Math.abs(actual - expected) <= tolerance, `${sentence}: ${actual}, expected ${expected}`)
}

const GOLDEN_INTEGERS = [2648292454, 144229572, 2396233430, 938343109, 3206899504, 1811687270]
const GOLDEN_FLOATS = [164.67928216483872, 48.282299883431236, 0.5145288947969675]

void t.test('a pause is milliseconds within its bounds, and a rest', async (t) => {
  const random = Random.of('pause')
  const pauses = Array.from({ length: 5000 }, () => random.pause(3, 5))
  t.ok(Math.min(...pauses) >= 3000 && Math.max(...pauses) < 6000)
  t.ok(new Set(pauses.map((pause) => pause % 1000)).size > 900, 'all over the millisecond')
})
