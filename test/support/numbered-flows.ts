/**
 * A program that shows what becomes of flows, to be captured: `numbered-flows.js COUNT HOST`. It keeps COUNT flows to the
 * host's raw port open. On each it sends lines that carry the flow's number and their own, and reads their echo: a line
 * that comes twice, out of order or on another flow is wrong. A flow that ends has a successor at once, until one works.
 * Each line on standard input opens COUNT flows more; when it ends, the report is printed as JSON.
 */

import { connect } from 'node:net'
import { createInterface } from 'node:readline'

/** What is printed. */
export interface FlowsReport {
  /** Flows that have worked. */
  readonly worked: number
  /** Lines that came back as they should. */
  readonly lines: number
  /** In words, what came that should not have come. */
  readonly wrong: readonly string[]
  /** Flows that ended early: ms from the end until a successor had its first line back, -1 where none has. */
  readonly cuts: readonly number[]
}

const [countText = '', host = ''] = process.argv.slice(2)
const count = Number(countText)
const PORT = 5222
const GREETING = 'SSH-2.0-steerlab'

/** Between a line's echo and the next line, and before a successor, ms: at full speed this would test the machine. */
const PAUSE_MS = 50

let over = false
let flows = 0
let worked = 0
let lines = 0
const wrong: string[] = []
const cuts: number[] = []

/** Keeps one flow open. `cutAt`, `cut`: the flow before it has ended then, and is that one of `cuts`. */
function keep(cutAt?: number, cut = -1): void {
  const flow = flows++
  let next = 0
  let greeted = false
  const socket = connect({ host, port: PORT, noDelay: true })
  const send = (): void => void socket.write(`flow ${flow} line ${next}\n`)
  const begin = (): void => {
    worked += 1
    if (cutAt !== undefined) cuts[cut] = performance.now() - cutAt
    if (worked % count === 0) process.stdout.write(`${worked} work\n`)
  }
  const reader = createInterface({ input: socket })
  // A reset is told to both; the socket's close follows.
  reader.on('error', () => {})
  reader.on('line', (line) => {
    if (!greeted) {
      greeted = true
      if (line.trim() !== GREETING) wrong.push(`flow ${flow} was greeted with ${line}`)
      return send()
    }
    if (line !== `flow ${flow} line ${next}`) wrong.push(`flow ${flow} waited for line ${next}, and had: ${line}`)
    if (next === 0) begin()
    next += 1
    lines += 1
    setTimeout(send, PAUSE_MS)
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    if (over) return
    // One that never worked leaves it to the next to mend the cut.
    const mended: Parameters<typeof keep> =
      next > 0 || cutAt === undefined ? [performance.now(), cuts.push(-1) - 1] : [cutAt, cut]
    setTimeout(keep, PAUSE_MS, ...mended)
  })
}

const open = (): void => {
  for (let flow = 0; flow < count; flow += 1) keep()
}
open()
createInterface({ input: process.stdin })
  .on('line', open)
  .on('close', () => {
    over = true
    const report: FlowsReport = { worked, lines, wrong, cuts }
    process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0))
  })
