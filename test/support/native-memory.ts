/** How much memory C's malloc has given out, which is where OpenSSL's leaks show. */

import { heldBytes } from './memory.js'

interface MallInfo {
  /** Bytes in use in ordinary and in mapped blocks. */
  readonly uordblks: number
  readonly hblkhd: number
}

const FIELDS = [
  'arena',
  'ordblks',
  'smblks',
  'hblks',
  'hblkhd',
  'usmblks',
  'fsmblks',
  'uordblks',
  'fordblks',
  'keepcost',
]

/** Bytes malloc has given out in this process now; undefined without koffi or glibc 2.33. */
export async function nativeBytes(): Promise<(() => number) | undefined> {
  try {
    const { default: koffi } = await import('koffi')
    const fields = Object.fromEntries(FIELDS.map((name) => [name, 'size_t']))
    const mallinfo2 = koffi.load(null).func('mallinfo2', koffi.struct(fields), [])
    return () => {
      const { uordblks, hblkhd } = mallinfo2() as MallInfo
      return uordblks + hblkhd
    }
  } catch {
    return undefined
  }
}

/** Bytes by which each run of `work` grows memory: the least of several batches, for V8 grows in leaps. */
export async function leastGrowth(bytes: () => number, runs: number, work: () => void): Promise<number> {
  const growths: number[] = []
  for (let batch = 0; batch < 3; batch += 1) {
    await heldBytes()
    const before = bytes()
    for (let run = 0; run < runs; run += 1) work()
    await heldBytes()
    growths.push((bytes() - before) / runs)
  }
  return Math.round(Math.min(...growths))
}
