/** What programs trust, asked of the programs: the probe, run in a home, in an environment without anybody's own bundles. */

import { fileURLToPath } from 'node:url'
import type { TestHome } from './steerlab.js'

const PROBE = fileURLToPath(new URL('./trust-probe.js', import.meta.url))

/** The variables of the machine that name bundles, each taken away. */
export function withoutBundles(): Readonly<Record<string, undefined>> {
  const names = Object.keys(process.env).filter((name) => /_CERT|CA_|CAINFO|ROOTS|cafile/.test(name))
  return Object.fromEntries(names.map((name) => [name, undefined]))
}

/** By client, which of the two servers it trusted: `lab`, `tenant`. */
export async function trustOf(
  home: TestHome,
  flags: readonly string[],
  clients: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Readonly<Record<string, readonly string[]>>> {
  const probe = ['run', ...flags, '--', process.execPath, PROBE, home.home, ...clients]
  const { code, stdout, stderr } = await home.cli(probe, { env: { ...withoutBundles(), HOME: home.home, ...env } })
  if (code !== 0) throw new Error(`the probe ended with ${code}: ${stderr}`)
  return JSON.parse(stdout)
}
