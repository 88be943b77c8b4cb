/** A program for tests of Save Logs on a small file system: saves a home and prints the fault. `node bundle-full-disk.js HOME TARGET` */

import { saveLogs } from '../../agent/diag/bundle/save-logs.js'
import type { SteerError } from '../../agent/errors.js'
import { bundleOptions } from './bundle-home.js'

const [home = '', target = ''] = process.argv.slice(2)
const { code, exitCode, message } = await saveLogs(bundleOptions(home, target)).then(
  () => ({ code: 'none', exitCode: 0, message: '' }),
  (error: SteerError) => error,
)
process.stdout.write(`${code} ${exitCode} ${message}\n`)
