import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { PROFILES } from '../../../agent/log/profiles.js'
import { NORMAL_DAY } from '../../../agent/synth/scenarios.js'
import { unitsOf } from '../../../agent/synth/units.js'
import { makeWorld } from '../../../agent/synth/world.js'
import { LogFolders, type LogLayout } from '../../../scripts/logs/generate-files.js'
import { generate } from '../../../scripts/logs/generate-run.js'
import { TruthFile } from '../../../scripts/logs/generate-truth.js'
import { generatedLog, MONDAY, NEW_HOME } from '../../support/generated-log.js'

const WORLD = makeWorld('1', PROFILES['linux-r140'], NORMAL_DAY, NEW_HOME)
const LINES = 9000
const WHOLE = generatedLog(PROFILES['linux-r140'], NORMAL_DAY, { amount: { lines: LINES } })

function run(t: Test, layout: Partial<LogLayout> = {}) {
  const directory = t.testdir()
  const logs = new LogFolders({ directory, endpoints: 1, suffix: '', rotation: undefined, ...layout })
  const truth = new TruthFile(join(directory, 'truth'), false)
  const stop = new AbortController()
  const shard = { index: 0, count: 1 }
  const request = { start: MONDAY, amount: { lines: LINES }, endpoints: 1, shard, wholeEndpoints: true }
  const told: number[] = []
  const options = {
    logs,
    truth,
    gzip: layout.suffix === '.gz',
    live: undefined,
    stop: stop.signal,
    progress: (_: unknown, { lines }: { readonly lines: number }) => told.push(lines),
  }
  const text = (name: string) => readFileSync(join(directory, name), 'utf8')
  const truthLines = () => text('truth').split('\n').length - 1
  return { options, stop, told, truth, units: unitsOf(WORLD, request), directory, text, truthLines }
}

void t.test('all of it, told as it comes', async (t) => {
  const { options, units, text, told, truthLines } = run(t)
  const written = await generate(WORLD, units, options)
  t.strictSame(written, { lines: LINES, bytes: Buffer.byteLength(WHOLE.text) })
  t.ok(text('nsdebuglog.log') === WHOLE.text)
  t.equal(truthLines(), LINES)
  t.equal(told.at(-1), LINES)
  t.ok(told.length > 3)
})

void t.test('packed, a member for each piece', async (t) => {
  const { options, units, directory } = run(t, { suffix: '.gz' })
  await generate(WORLD, units, options)
  t.ok(gunzipSync(readFileSync(join(directory, 'nsdebuglog.log.gz'))).toString() === WHOLE.text)
})

void t.test('the signal ends it behind a piece', async (t) => {
  const { options, units, stop, text, truthLines } = run(t)
  const progress = (_: unknown, { lines }: { readonly lines: number }) => lines > 3000 && stop.abort()
  const { lines } = await generate(WORLD, units, { ...options, progress })
  t.ok(lines > 3000 && lines < LINES)
  t.ok(WHOLE.text.startsWith(text('nsdebuglog.log')))
  t.equal(text('nsdebuglog.log').split('\n').length - 1, lines)
  t.equal(truthLines(), lines)
})

void t.test('a piece is written with its truth or not at all', async (t) => {
  for (const broken of ['log', 'truth'] as const) {
    const { options, units, truth, text, truthLines } = run(t)
    let pieces = 0
    const fail = () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    }
    const failing = { ...options, progress: () => pieces++ }
    const append = truth.append.bind(truth)
    const log = options.logs.logOf(0)
    const write = log.write.bind(log)
    if (broken === 'truth')
      truth.append = (lines) => {
        append(lines.slice(0, 70))
        if (pieces === 2) fail()
        append(lines.slice(70))
      }
    else
      log.write = async (bytes) => {
        await write(bytes.subarray(0, 999))
        if (pieces === 2) fail()
        await write(bytes.subarray(999))
      }
    await t.rejects(
      generate(WORLD, units, failing),
      { code: 'log-write-failed', exitCode: 1, message: /: the disk is full; 4000 whole lines are there$/ },
      broken,
    )
    t.ok(WHOLE.text.startsWith(text('nsdebuglog.log')) && text('nsdebuglog.log').endsWith('\n'))
    t.equal(text('nsdebuglog.log').split('\n').length - 1, 4000)
    t.equal(truthLines(), 4000)
  }
})

void t.test('a reader that leaves is no fault', async (t) => {
  const { options, units } = run(t)
  options.logs.logOf(0).write = () => Promise.reject(Object.assign(new Error('gone'), { code: 'EPIPE' }))
  t.strictSame(await generate(WORLD, units, options), { lines: 0, bytes: 0 })
})
