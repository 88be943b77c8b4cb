/** What is left of captures when their agent dies, and when it ends. */

import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { BLOCK } from '../../agent/capture-file/pcapng-numbers.js'
import { readPcapng } from '../../agent/capture-file/pcapng-reader.js'
import { doubtsOf, fieldsOf } from '../support/capture-files.js'
import { childrenOf, isAlive, pathWith } from '../support/kernel-capture.js'
import { startCapture } from '../support/lab-captures.js'
import { lacking } from '../support/needs.js'
import { type LabOptions, type Running, type TestLab, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const skip = lacking('root', 'capture', 'curl', 'tshark', 'dumpcap', 'tcpdump')

/** What a lab needs of the machine, and no dumpcap. */
const WITHOUT_DUMPCAP = { unshare: true, nsenter: true, ip: true, nft: true, mount: true, tcpdump: true } as const

/** What may be missing of a killed agent's captures, ms: a second of the writer's, and what a busy machine adds. */
const MISSING_MS = 2500

/** A steered and a bypassed download that go on for minutes. */
async function downloading(lab: TestLab): Promise<Running> {
  const urls = ['box.com', 'zoom.us'].map((host) => `http://${host}/bytes/1000000000 -o /dev/null`)
  const running = lab.start(['run', '--', 'sh', '-c', `curl -sSv --parallel --limit-rate 500K ${urls.join(' ')}`])
  await waitUntil(() => running.said().split('< HTTP/1.1 200').length === 3, 20_000)
  return running
}

function killedAgent(t: Test, program: string, options: LabOptions): Promise<void> {
  return withLab(
    t,
    async (lab) => {
      const inner = await startCapture(lab, 'inner', { keys: true })
      const outer = await startCapture(lab, 'outer', { from: 'kernel' })
      const children = childrenOf(lab.up.pid).filter(({ name }) => name === program)
      t.equal(children.length, 1)
      const running = await downloading(lab)
      const files = [inner.file, outer.file]
      await waitUntil(() => files.every((file) => readFileSync(file).length > 500_000), 20_000)
      const killedMs = Date.now()
      lab.up.child.kill('SIGKILL')
      await waitUntil(() => children.every(({ pid }) => !isAlive(pid)), 2000)
      t.pass(`${program} is gone within 2 s`)
      await running.ended
      for (const file of files) {
        const times = await fieldsOf(file, ['frame.time_epoch'])
        const missing = Math.round(killedMs - Number(times.at(-1)) * 1000)
        t.ok(missing < MISSING_MS, `${file} can be read, the last ${missing} ms are missing`)
      }
      t.strictSame(await doubtsOf(inner.file), [])
      t.equal((await lab.cli(['run', '--lab', '--', 'true'])).code, 0, 'the next agent sweeps up')
    },
    options,
  )
}

void t.test('a killed agent takes dumpcap with it', { skip }, (t) => killedAgent(t, 'dumpcap', {}))

void t.test('a killed agent takes tcpdump with it', { skip }, (t) =>
  killedAgent(t, 'tcpdump', { under: ['/usr/bin/env', `PATH=${pathWith(t, WITHOUT_DUMPCAP)}`] }),
)

for (const from of ['kernel', 'socket'] as const)
  void t.test(`an agent that ends closes its captures (${from})`, { skip }, (t) =>
    withLab(t, async (lab) => {
      const inner = await startCapture(lab, 'inner', { keys: true })
      const outer = await startCapture(lab, 'outer', { from })
      const running = await downloading(lab)
      lab.up.child.kill('SIGINT')
      t.match(await lab.up.ended, { code: 0, stderr: '' })
      await running.ended
      for (const { file } of [inner, outer]) {
        const bytes = readFileSync(file)
        t.equal(readPcapng(bytes).isCut, false)
        const last = bytes.readUInt32LE(bytes.length - 4)
        t.equal(bytes.readUInt32LE(bytes.length - last), BLOCK.statistics, 'the file has its end')
      }
      t.strictSame(await doubtsOf(inner.file), [])
    }),
  )
