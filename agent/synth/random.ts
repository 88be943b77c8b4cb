// Pure: numbers drawn from a key, the same on every machine and Node version: sfc32 (a small fast counting generator,
// 128 bits of state) in integer operations, and distributions made with + - * / only. What the standard leaves to the
// engine (Math.log, Math.pow) may differ in the last bit between versions, and one bit is another log.

const UNIT = 2 ** -32

/** A stream of numbers. Draws are O(1) and allocate nothing. */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** From 96 bits of state as three 32-bit integers; `Random.of` makes them from a key. */
  constructor(a: number, b: number, c: number) {
    this.#a = a | 0
    this.#b = b | 0
    this.#c = c | 0
    // The first numbers still show the state they came from.
    for (let round = 0; round < 16; round++) this.uint32()
  }

  /**
   * The stream of a key. Keys that differ anywhere, in a part, its type (1 is not '1') or the split into parts, give
   * streams that have nothing to do with each other. Numbers are safe integers.
   */
  static of(seed: string, ...path: readonly (string | number)[]): Random {
    const hash = new KeyHash()
    hash.part(seed)
    for (const part of path) hash.part(part)
    return hash.random()
  }

  /** An integer 0 to 2^32 - 1. */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** A number from 0 up to but not 1, in steps of 2^-32. */
  unit(): number {
    return this.uint32() * UNIT
  }

  /** An integer 0 to n - 1, biased by less than n / 2^32; above 2^32 not every integer is reached. */
  below(n: number): number {
    return Math.floor(this.uint32() * UNIT * n)
  }

  /** An integer low to high, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** A pause of whole milliseconds, both included, and a rest: in microseconds. */
  pause(leastMs: number, mostMs: number): number {
    return this.between(leastMs, mostMs) * 1000 + this.below(1000)
  }

  /** True with probability p: never for 0, always for 1. */
  chance(p: number): boolean {
    return this.uint32() * UNIT < p
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  /** A positive number, exponentially distributed: the wait for what comes by chance. At most about 22 means. */
  exponential(mean: number): number {
    // -ln(x / 2^32) for x = 2^(31 - zeros) * (1 + fraction) is (zeros + 1) * ln 2 - ln(1 + fraction). Odd, so not zero.
    const x = this.uint32() | 1
    const zeros = Math.clz32(x)
    // Two shifts: one of 32 would be one of 0.
    const fraction = ((x << zeros) << 1) >>> 0
    const low = LOGARITHMS[fraction >>> 24]!
    const high = LOGARITHMS[(fraction >>> 24) + 1]!
    return mean * ((zeros + 1) * LN_2 - (low + (high - low) * ((fraction & 0xffffff) / 0x1000000)))
  }

  /** A number near the normal distribution (four uniforms added), within 3.5 deviations of the mean. */
  normal(mean: number, deviation: number): number {
    const sum = this.uint32() + this.uint32() + this.uint32() + this.uint32()
    // The variance of a sum of four is 4/12.
    return mean + (sum * UNIT - 2) * SQRT_3 * deviation
  }
}

const SQRT_3 = 1.7320508075688772
const CELLS = 256

/** ln(1 + i / 256) for i 0 to 256; read in between on a straight line, wrong by less than 2e-6. */
const LOGARITHMS = Float64Array.from({ length: CELLS + 1 }, (_, i) => logarithmOf1Plus(i / CELLS))
const LN_2 = LOGARITHMS[CELLS]!

/** ln(1 + f) for f 0 to 1: twice the area tangent of z = f / (2 + f), at most 1/3, as its power series. */
function logarithmOf1Plus(f: number): number {
  const z = f / (2 + f)
  let power = z
  let sum = 0
  for (let n = 1; n < 40; n += 2) {
    sum += power / n
    power *= z * z
  }
  return 2 * sum
}

/** Mixes the parts of a key, 32 bits at a time, into three words. */
class KeyHash {
  #a = 0x243f6a88
  #b = 0x85a308d3 | 0
  #c = 0x13198a2e

  part(part: string | number): void {
    if (typeof part === 'number') {
      this.#word(1)
      this.#word(part | 0)
      this.#word(Math.floor(part / 2 ** 32) | 0)
      return
    }
    this.#word(2)
    this.#word(part.length)
    for (let i = 0; i < part.length; i++) this.#word(part.charCodeAt(i))
  }

  // Each step can be undone, so that no two states fall together; the odd factors are those of MurmurHash3.
  #word(word: number): void {
    this.#a = (rotate(Math.imul(this.#a ^ word, 0xcc9e2d51), 15) + this.#b) | 0
    this.#b = (rotate(Math.imul(this.#b ^ word, 0x1b873593), 13) + this.#c) | 0
    this.#c = (rotate(Math.imul(this.#c ^ word, 0x85ebca6b), 17) + this.#a) | 0
  }

  random(): Random {
    return new Random(this.#a, this.#b, this.#c)
  }
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by))
}
