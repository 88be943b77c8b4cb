import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { followReport } from '../../../scripts/logs/follow-report.js'
import { waitUntil } from '../../support/wait-until.js'

const stamp = (second: number) => `2024/04/28 11:02:${second}.408 stAgentSvc p17fc tb44 info a.cpp:1 `
const flow = (second: number, host: string) =>
  `${stamp(second)}BypassAppMgr Bypassing connection from process: chrome.exe, host: ${host}\n`
const connected = (second: number) =>
  `${stamp(second)}nsTunnel DTLS SSL connected to the gslbgw server: gateway-ord2.goskope.com(163.116.249.35):443 successfully\n`

/** Follows a log that has one flow already. */
function following(t: Test, json: boolean) {
  const path = join(t.testdir(), 'nsdebuglog.log')
  writeFileSync(path, flow(10, 'old.example'))
  const stop = new AbortController()
  let said = ''
  const say = async (lines: string): Promise<boolean> => {
    said += lines
    return true
  }
  const report = followReport(path, { filters: {}, json, say, signal: stop.signal })
  return { path, report, stop, said: () => said }
}

void t.test('what comes is said as it comes, what was there is in the report', async (t) => {
  const { path, report, stop, said } = following(t, false)
  appendFileSync(path, flow(11, 'new.example'))
  await waitUntil(() => said() !== '')
  appendFileSync(path, connected(12))
  await waitUntil(() => said().includes('connected'))
  stop.abort()
  t.equal(
    said(),
    '2024-04-28 11:02:11.408  pinned-direct  chrome.exe -> new.example\n' +
      '2024-04-28 11:02:12.408  connected  DTLS  gateway-ord2.goskope.com  163.116.249.35\n',
  )
  t.equal((await report).flows.byVerdict['pinned-direct'], 2)
})

void t.test('as JSON, each line says what it is', async (t) => {
  const { path, report, stop, said } = following(t, true)
  appendFileSync(path, flow(11, 'new.example') + connected(12))
  await waitUntil(() => said().split('\n').length === 3)
  stop.abort()
  await report
  const lines = said().trim().split('\n')
  t.match(
    lines.map((line) => JSON.parse(line)),
    [
      { kind: 'flow', verdict: 'pinned-direct', host: 'new.example' },
      { kind: 'pop', what: 'connected' },
    ],
  )
})
