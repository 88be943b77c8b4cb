/** `steerlab fault`: what is broken, shown, mended; and what it refuses. */

import t, { type Test } from 'tap'
import type { AgentPops } from '../../agent/running-agent.js'
import type { StandingFault } from '../../gateway/faults/fault-board.js'
import { popsApart, withPops } from '../support/lab-files.js'
import { type TestLab, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

async function popNow(lab: TestLab): Promise<AgentPops> {
  return JSON.parse((await lab.cli(['pop', '--now', '--json'])).stdout)
}

/** `steerlab fault ARGS`, which is to work. */
async function fault(t: Test, lab: TestLab, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await lab.cli(['fault', ...args])
  t.match({ code, stderr }, { code: 0, stderr: '' }, `fault ${args.join(' ')}`)
  return stdout
}

async function isRefused(t: Test, lab: TestLab, args: readonly string[], why: RegExp): Promise<void> {
  const ended = await lab.cli(args)
  t.match(ended, { code: 2, stdout: '', stderr: why }, args.join(' '))
  t.equal(ended.stderr.trimEnd().split('\n').length, 1, 'in one line')
}

void t.test('faults are set, shown, cleared, and end by themselves', (t) =>
  withLab(
    t,
    async (lab) => {
      const statusFaults = async () => /^faults +(.*)$/m.exec((await lab.cli(['status'])).stdout)?.[1]
      t.equal(await fault(t, lab), 'nothing is faulty\n')
      t.equal(await statusFaults(), undefined)
      await fault(t, lab, 'gslb', 'slow', '300')
      t.equal(
        await fault(t, lab, 'pop', 'US-ORD2', 'loss'),
        'WHAT         FAULT\ngslb         slow 300\npop US-ORD2  loss\n',
      )
      t.equal(await statusFaults(), 'gslb slow 300; pop US-ORD2 loss')
      t.strictSame(JSON.parse(await fault(t, lab, '--json')), [
        { service: 'gslb', fault: { kind: 'slow', ms: 300 }, until: null },
        { pop: 'US-ORD2', fault: { kind: 'loss' }, until: null },
      ])
      t.match(await popNow(lab), { selection: { pops: [{}, { name: 'US-ORD2', rttMs: null }, {}] } })

      await fault(t, lab, 'gslb', 'refuse')
      const unasked = await popNow(lab)
      t.match(unasked.failure, { why: /^the GSLB service failed: / })
      t.match(unasked, { selection: { method: 'gslb' }, tunnel: { sessionId: 1 } }, 'what was selected stays')
      t.equal(await fault(t, lab, 'clear', 'pop', 'US-ORD2'), 'WHAT  FAULT\ngslb  refuse\n')
      t.equal(await fault(t, lab, 'clear', 'gslb'), 'nothing is faulty\n')

      t.match(await fault(t, lab, 'doh', 'empty', '--for', '2s'), /^doh +empty, for 2 s more$/m)
      const [standing] = JSON.parse(await fault(t, lab, '--json')) as StandingFault[]
      await waitUntil(async () => (await statusFaults()) === undefined)
      t.ok(Date.now() >= Date.parse(standing?.until ?? ''), 'it has ended by itself, and not before its time')

      await isRefused(t, lab, ['fault', 'gslb'], /a fault of gslb is time-out, refuse, .* or slow MS, not ""/)
      await isRefused(t, lab, ['fault', 'nope', 'refuse'], /a fault is of gslb, doh, .* or pop NAME, not of "nope"/)
      await isRefused(t, lab, ['fault', 'doh', 'slow', 'very'], /a delay is a number of ms .* not "very"/)
      await isRefused(t, lab, ['fault', 'pop', 'US-ORD9', 'down'], /there is no POP US-ORD9; there are US-ORD1, /)
      await isRefused(t, lab, ['fault', 'doh', 'empty', '--for', 'ever'], /an interval is 1s to 24h, .* not "ever"/)
      t.equal(await fault(t, lab), 'nothing is faulty\n', 'a mistake breaks nothing')
    },
    { flags: ['--lab', ...withPops(t, { pops: popsApart(3) })] },
  ),
)
