/** How much memory is really held. */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes of all buffers that something still refers to. Twice over, because what is collected is freed in another thread. */
export async function heldBytes(): Promise<number> {
  for (let times = 0; times < 2; times += 1) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return process.memoryUsage().arrayBuffers
}
