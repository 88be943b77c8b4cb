/** Which directory is the home, and what lies in it. */

import { resolve } from 'node:path'
import t from 'tap'
import { homeDirectory, homePaths } from '../../../scripts/process/home.js'

const CASES: readonly [flag: string | undefined, env: Record<string, string>, home: string, why: string][] = [
  ['/a', { STEERLAB_HOME: '/b', XDG_STATE_HOME: '/c', HOME: '/d' }, '/a', 'the flag first'],
  [undefined, { STEERLAB_HOME: '/b', XDG_STATE_HOME: '/c', HOME: '/d' }, '/b', 'then the variable of our own'],
  [undefined, { XDG_STATE_HOME: '/c', HOME: '/d' }, '/c/steerlab', 'then the state directory'],
  [undefined, { HOME: '/d' }, '/d/.local/state/steerlab', 'then its default'],
  [undefined, {}, '/.local/state/steerlab', 'without any home'],
  ['', { STEERLAB_HOME: '', XDG_STATE_HOME: '', HOME: '/d' }, '/d/.local/state/steerlab', 'empty is unset'],
  ['a/../b', { HOME: '/d' }, resolve('b'), 'relative to where we are'],
  ['/a/b/', {}, '/a/b', 'without the last slash'],
]

void t.test('the home directory', async (t) => {
  for (const [flag, env, home, why] of CASES) t.equal(homeDirectory(flag, env), home, why)
})

void t.test('what lies below it', async (t) => {
  t.strictSame(homePaths('/h'), {
    root: '/h',
    stagent: '/h/stagent',
    logs: '/h/stagent/logs',
    log: '/h/stagent/logs/nsdebuglog.log',
    gatewayLog: '/h/gateway/gateway.log',
    transactionLog: '/h/gateway/transactions.log',
    inspection: '/h/gateway',
    tenant: '/h/gateway/tenant',
    run: '/h/run',
    controlSocket: '/h/run/agent.sock',
    labCa: '/h/lab/labca.pem',
  })
})
