/** Captures, log levels and bundles in turn under 200 busy flows: nothing is lost, nothing piles up, every file can be read. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { CaptureKind, CaptureReport } from '../../agent/capture-file/capture-request.js'
import { readPcapng } from '../../agent/capture-file/pcapng-reader.js'
import { askAgent } from '../../scripts/commands/common.js'
import { saveBundle } from '../../scripts/commands/save-bundle.js'
import { homePaths } from '../../scripts/process/home.js'
import { malformedIn } from '../support/capture-files.js'
import { startCapture, stopCapture } from '../support/lab-captures.js'
import { statusOf } from '../support/lab-files.js'
import { lacking } from '../support/needs.js'
import { growthOf } from '../support/resident.js'
import { runProgram } from '../support/run-program.js'
import { type TestLab, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const skip = lacking('root', 'capture', 'curl', 'tshark', 'dumpcap', 'unzip')

const ECHO_FLOWS = fileURLToPath(new URL('../support/echo-flows.js', import.meta.url))

const ROUNDS = 5
const RING = { maxBytes: 1_000_000, files: 2 }

/** By how much captures, log and bundles may let the agent grow, MiB; as measured 60 after five rounds, 125 after 24. */
const MOST_GROWTH_MIB = 200

void t.test('under 200 busy flows', { skip }, (t) =>
  withLab(t, async (lab) => {
    const home = homePaths(lab.home)
    const setLevel = (level: string) => askAgent(home, 'log', { params: { level } })
    const done = join(lab.home, 'done')
    await setLevel('debug')
    const busy = lab.start(['run', '--', process.execPath, ECHO_FLOWS, '100', 'box.com', 'zoom.us'], { input: 'open' })
    await busy.untilSaid('ready\n')
    // Each is some lines of the log, and secrets for the capture.
    const once = 'curl -sS --fail -o /dev/null -o /dev/null https://box.com/whoami https://zoom.us/whoami || exit 1'
    const short = lab.start(['run', '--', 'sh', '-c', `while [ ! -e "$DONE" ]; do ${once}; echo; done`], {
      env: { DONE: done },
    })
    await short.untilSaid('\n')

    const bundles: string[] = []
    const captures: CaptureReport[] = []
    const growth = growthOf(lab)
    for (let round = 0; round < ROUNDS; round += 1) {
      const from = round % 2 === 0 ? 'kernel' : 'socket'
      await startCapture(lab, 'inner', { ...RING, file: `inner-${round}.pcap`, keys: true })
      await startCapture(lab, 'outer', { ...RING, file: `outer-${round}.pcap`, from })
      await setLevel(from === 'kernel' ? 'warning' : 'debug')
      await Promise.all(['inner', 'outer'].map((kind) => hasTaken(lab, kind as CaptureKind, 500)))
      bundles.push((await saveBundle(home, `bundle-${round}.zip`)).path)
      captures.push(await stopCapture(lab, 'outer'), await stopCapture(lab, 'inner'))
    }
    growth.stop()
    writeFileSync(done, '')
    t.match(await short.ended, { code: 0, stderr: '' }, 'no request failed')
    busy.child.stdin?.end()
    const { stdout } = await busy.ended
    t.match(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''), { flows: 200, wrong: [] }, 'no flow was lost or wrong')
    const [most = 0] = growth.most()
    t.ok(most < MOST_GROWTH_MIB, `the agent has grown by ${most} MiB at most`)
    t.match(await statusOf(lab), { tunnel: { state: 'connected', lastEnd: '' } })

    for (const { file, failure, packets } of captures) {
      t.strictSame([failure, await malformed(file)], ['', []], `${basename(file)} can be read, ${packets} packets`)
      t.notOk(readPcapng(readFileSync(file)).isCut, 'and is whole')
    }
    for (const bundle of bundles) t.equal((await runProgram('unzip', ['-tq', bundle])).code, 0, bundle)
    const { lines } = JSON.parse((await lab.cli(['logs', 'report', bundles.at(-1)!, '--json'])).stdout)
    t.match(lines, { unreadable: 0, unrecognised: 0 })
    t.ok(lines.records > 200, `${JSON.stringify(lines)}`)
  }),
)

/** What tshark cannot read of both files of a capture. */
async function malformed(file: string): Promise<readonly string[]> {
  const files = [file, file.replace('.pcap', '.1.pcap')].filter((path) => existsSync(path))
  return (await Promise.all(files.map(malformedIn))).flat()
}

/** Settles when a capture that runs has taken so many packets more. */
async function hasTaken(lab: TestLab, kind: CaptureKind, packets: number): Promise<void> {
  await waitUntil(async () => {
    const all = (await askAgent(homePaths(lab.home), 'capture')) as readonly CaptureReport[]
    return all.some((report) => report.kind === kind && report.packets > packets)
  }, 20_000)
}
