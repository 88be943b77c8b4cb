/** The policy that is in force during the demo: an administrator's, in a home that has none yet. */

import { join } from 'node:path'
import { createFile } from '../../agent/config/write-file.js'
import type { Home } from '../process/home.js'
import { makeDirectory } from '../process/make-directory.js'

/** What the demo is blocked by. */
const DEMO_POLICY = {
  rules: [
    {
      name: 'No uploads',
      action: 'block',
      categories: ['Cloud Storage'],
      methods: ['POST', 'PUT'],
      message: 'Files of the company stay in the company.',
    },
    {
      name: 'No generative AI',
      action: 'block',
      categories: ['Generative AI'],
      message: "Please use the company's own assistant.",
    },
  ],
} as const

/** Its file. */
export function policyFile({ inspection }: Home): string {
  return join(inspection, 'policy.json')
}

/** Writes it, unless the home has a policy. Rejects with the system's error. */
export async function writeDemoPolicy(home: Home): Promise<void> {
  makeDirectory(home.inspection, 0o700)
  await createFile(policyFile(home), `${JSON.stringify(DEMO_POLICY, null, 2)}\n`)
}
