/** Flows that wait for a tunnel. */

import t from 'tap'
import { WaitingFlows } from '../../../agent/tunnel/waiting-flows.js'

void t.test('all who wait are handed what comes, once', async (t) => {
  const flows = new WaitingFlows<string>()
  flows.release('nobody waited')
  const waiting = [flows.wait(60_000), flows.wait(60_000)]
  flows.release('first')
  const later = flows.wait(60_000)
  flows.release('second')
  t.strictSame(await Promise.all([...waiting, later]), ['first', 'first', 'second'])
  const off = flows.wait(60_000)
  flows.release(undefined)
  t.equal(await off, undefined, 'nothing will come')
})

void t.test('nobody waits longer than he may', async (t) => {
  const flows = new WaitingFlows<string>()
  const patient = flows.wait(60_000)
  t.equal(await flows.wait(10), undefined)
  flows.release('late')
  t.equal(await patient, 'late', 'others wait on')
})
