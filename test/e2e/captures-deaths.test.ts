/** What is left of captures when their agent dies, and when it ends. */

import { readFileSync, statSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { CaptureReport, CaptureRequest } from '../../agent/capture-file/capture-request.js'
import { BLOCK } from '../../agent/capture-file/pcapng-numbers.js'
import { readPcapng } from '../../agent/capture-file/pcapng-reader.js'
import { doubtsOf, fieldsOf } from '../support/capture-files.js'
import { childrenOf, isAlive, pathWithoutDumpcap } from '../support/kernel-capture.js'
import { startCapture } from '../support/lab-captures.js'
import { lacking } from '../support/needs.js'
import { ANY_PORTS, type Running, type TestHome, withHome } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const skip = lacking('root', 'capture', 'curl', 'tshark', 'dumpcap', 'tcpdump')

/** What may be missing of a killed agent's captures, ms: a second of the writer's, and what a busy machine adds. */
const MISSING_MS = 2500

/** An agent at work, with both captures. */
interface AtWork {
  readonly up: Running
  /** A steered and a bypassed flow with a hundred events a second, for a minute. */
  readonly flows: Running
  readonly inner: CaptureReport
  readonly outer: CaptureReport
}

/** Starts one; the home may be that of an agent that was killed. */
async function atWork(home: TestHome, from: CaptureRequest['from'], under: readonly string[] = []): Promise<AtWork> {
  const up = home.start(['up', '--lab', ...ANY_PORTS], { under })
  await up.untilSaid('Ctrl-C stops it')
  const inner = await startCapture(home, 'inner', { keys: true })
  const outer = await startCapture(home, 'outer', { from })
  const urls = ['box.com', 'zoom.us'].map((host) => `http://${host}/sse?count=6000&ms=10`)
  const flows = home.start(['run', '--', 'curl', '-sSN', '--parallel', ...urls])
  await waitUntil(() => flows.said().split('event 50 of').length === 3, 20_000)
  return { up, flows, inner, outer }
}

async function killed(t: Test, program: string, { up, flows, inner, outer }: AtWork): Promise<void> {
  const children = childrenOf(up.pid).filter(({ name }) => name === program)
  t.equal(children.length, 1)
  const files = [inner.file, outer.file]
  await waitUntil(() => files.every((file) => statSync(file).size > 20_000), 20_000)
  const killedMs = Date.now()
  up.child.kill('SIGKILL')
  await waitUntil(() => children.every(({ pid }) => !isAlive(pid)), 2000)
  t.pass(`${program} is gone within 2 s`)
  flows.child.kill('SIGTERM')
  await Promise.all([up.ended, flows.ended])
  for (const file of files) {
    const times = await fieldsOf(file, ['frame.time_epoch'])
    const missing = Math.round(killedMs - Number(times.at(-1)) * 1000)
    t.ok(missing < MISSING_MS, `${file} can be read, the last ${missing} ms are missing`)
  }
  t.strictSame(await doubtsOf(inner.file), [])
}

async function ended(t: Test, { up, flows, inner, outer }: AtWork): Promise<void> {
  up.child.kill('SIGINT')
  t.match(await up.ended, { code: 0, stderr: '' })
  flows.child.kill('SIGTERM')
  await flows.ended
  for (const { file } of [inner, outer]) {
    const bytes = readFileSync(file)
    const { isCut, packets } = readPcapng(bytes)
    t.match({ isCut, some: packets.length > 0 }, { isCut: false, some: true }, file)
    const last = bytes.readUInt32LE(bytes.length - 4)
    t.equal(bytes.readUInt32LE(bytes.length - last), BLOCK.statistics, 'with its end')
  }
  t.strictSame(await doubtsOf(inner.file), [])
}

void t.test('captures', { skip }, (t) =>
  withHome(t, async (home) => {
    const withoutDumpcap = ['/usr/bin/env', `PATH=${pathWithoutDumpcap(t)}`]
    await t.test('a killed agent takes dumpcap with it', async (t) =>
      killed(t, 'dumpcap', await atWork(home, 'kernel')),
    )
    await t.test('and tcpdump', async (t) => killed(t, 'tcpdump', await atWork(home, 'kernel', withoutDumpcap)))
    await t.test('an agent that ends closes them', async (t) => ended(t, await atWork(home, 'kernel')))
    await t.test('also those that are rebuilt', async (t) => ended(t, await atWork(home, 'socket')))
  }),
)
