/** Outer captures come and go while flows run, and while the tunnel changes its POP; and what is left of them to an ordinary user. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { CaptureReport } from '../../agent/capture-file/capture-request.js'
import { STEERED_WORDS, sendCanaries, wordsIn } from '../support/canaries.js'
import { doubtsOf, fieldsOf } from '../support/capture-files.js'
import { startCapture, stopCapture } from '../support/lab-captures.js'
import { popsApart, statusOf, withPops } from '../support/lab-files.js'
import { lacking } from '../support/needs.js'
import type { FlowsReport } from '../support/numbered-flows.js'
import { ANY_PORTS, type TestLab, withHome, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const skip = lacking('root', 'capture', 'curl', 'tshark', 'dumpcap')

const NUMBERED_FLOWS = fileURLToPath(new URL('../support/numbered-flows.js', import.meta.url))

/** `nobody`: a user that owns nothing. */
const NOBODY = 65_534

/** Starts the program and waits until its flows work. */
async function numberedFlows(lab: TestLab, count: number, host: string) {
  const program = lab.start(['run', '--', process.execPath, NUMBERED_FLOWS, String(count), host], { input: 'open' })
  await program.untilSaid(`${count} work\n`)
  return {
    /** Opens as many again. */
    async more(sum: number): Promise<void> {
      program.child.stdin?.write('more\n')
      await program.untilSaid(`${sum} work\n`)
    },
    async report(): Promise<FlowsReport> {
      program.child.stdin?.end()
      const { stdout } = await program.ended
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as FlowsReport
    },
  }
}

void t.test('flows that run meanwhile are not touched', { skip }, (t) =>
  withLab(t, async (lab) => {
    const steered = await numberedFlows(lab, 10, 'box.com')
    const bypassed = await numberedFlows(lab, 10, 'zoom.us')
    const files: string[] = []
    for (const [at, from] of (['kernel', 'socket', 'socket'] as const).entries()) {
      const { file } = await startCapture(lab, 'outer', { from, file: `${at}.pcapng` })
      files.push(file)
      await steered.more(10 * (at + 2))
      await bypassed.more(10 * (at + 2))
      t.match(await stopCapture(lab, 'outer'), { dropped: 0, failure: '' })
    }
    // Three sessions have flows: the one before all of it, and that of each rebuilt capture.
    await waitUntil(async () => {
      const { flows, draining } = (await statusOf(lab)).tunnel
      return flows === 0 && draining === 3
    })
    for (const flows of [steered, bypassed]) {
      const { worked, wrong, cuts } = await flows.report()
      t.strictSame({ worked, wrong, cuts }, { worked: 40, wrong: [], cuts: [] }, 'none was cut, or had a wrong byte')
    }
    await waitUntil(async () => (await statusOf(lab)).tunnel.draining === 0)
    t.equal((await lab.logLines('tunnel destroyed')).length, 0, 'the sessions ended in order')
    for (const file of files) {
      const tunnel = await fieldsOf(file, ['frame.number'], 'tls.app_data')
      t.ok(tunnel.length > 5, `${tunnel.length} packets of the tunnel`)
    }
    for (const file of files.slice(1)) t.strictSame(await doubtsOf(file, '-d', 'tcp.port==5222,data'), [], file)
  }),
)

void t.test('the POP in use is lost', { skip }, (t) =>
  withLab(
    t,
    async (lab) => {
      const kernel = await failOver(lab, 'US-ORD1', {})
      const rebuilt = await failOver(lab, 'US-ORD2', { from: 'socket', file: 'rebuilt.pcapng' })
      for (const { file } of [kernel, rebuilt]) t.strictSame(wordsIn(readFileSync(file), STEERED_WORDS), [], file)
      const handshakes = 'tls.handshake.type == 1 && !(tls.handshake.extensions_server_name == "zoom.us")'
      const name = ['tls.handshake.extensions_server_name']
      t.strictSame(await fieldsOf(kernel.file, name, handshakes), ['gateway-ord2.goskope.com'])
      t.strictSame(await fieldsOf(rebuilt.file, name, handshakes), [
        'gateway-ord2.goskope.com',
        'gateway-stl1.goskope.com',
      ])
      t.strictSame(await doubtsOf(rebuilt.file), [])
    },
    { flags: ['--lab', ...withPops(t, { pops: popsApart(3) })] },
  ),
)

/** Captures the loss of a POP, with traffic before and after. */
async function failOver(lab: TestLab, pop: string, request: object): Promise<CaptureReport> {
  await startCapture(lab, 'outer', request)
  await sendCanaries(lab)
  const { sessionId } = (await statusOf(lab)).tunnel
  await lab.cli(['fault', 'pop', pop, 'down'])
  await waitUntil(async () => {
    const { tunnel } = await statusOf(lab)
    return tunnel.state === 'connected' && tunnel.sessionId > sessionId
  }, 20_000)
  await sendCanaries(lab)
  return stopCapture(lab, 'outer')
}

void t.test('an ordinary user has it rebuilt', { skip }, (t) =>
  withHome(
    t,
    async (home) => {
      const up = home.start(['up', '--lab', ...ANY_PORTS])
      await up.untilSaid('Ctrl-C stops it')
      const refused = await home.cli(['nsdiag', '-p', 'start', '--from', 'kernel'])
      t.match(refused, {
        code: 1,
        stdout: '',
        stderr: /^steerlab: no packets of the kernel can be had: dumpcap: .+\n$/,
      })
      t.match(await home.cli(['nsdiag', '-p', 'start']), { code: 0, stdout: /rebuilt/, stderr: '' })
      await sendCanaries(home)
      const [{ file, source }] = JSON.parse((await home.cli(['nsdiag', '-p', 'stop', '--json'])).stdout)
      t.match(source, /^rebuilt from the ciphertext at the tunnel's socket .* \(dumpcap: .+\)$/)
      const bytes = readFileSync(file)
      t.ok(bytes.includes(`outer capture: ${source}`), 'the file says why')
      t.strictSame(wordsIn(bytes, STEERED_WORDS), [])
      t.strictSame(await doubtsOf(file), [])
      t.ok((await fieldsOf(file, ['frame.number'], 'http.request')).length > 0, 'and what is bypassed is there')
      up.child.kill('SIGINT')
      t.match(await up.ended, { code: 0, stderr: '' })
    },
    NOBODY,
  ),
)
