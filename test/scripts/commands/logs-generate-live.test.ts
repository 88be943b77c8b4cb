/** `steerlab logs generate --live`: lines that come as a client's do. */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LineSplitter } from '../../../agent/log/line-splitter.js'
import { parseRecord } from '../../../agent/log/record.js'
import { followLog } from '../../../scripts/logs/follow.js'
import { runGenerate, startGenerate, truthIn } from '../../support/generate-command.js'
import { waitUntil } from '../../support/wait-until.js'

void t.test('lines come at the rate, stamped by the wall clock here', async (t) => {
  const out = t.testdir()
  const zone = 'Asia/Kolkata'
  const local = () => Date.now() + 5.5 * 3_600_000
  const before = local()
  const args = ['--live', '100/s', '--lines', '120', '--profile', 'macos-r126', '--out', out]
  t.match(await runGenerate([...args, '--truth', join(out, 'truth')], { env: { TZ: zone } }), { code: 0, stderr: '' })
  const lines = readFileSync(join(out, 'nsdebuglog.log'), 'utf8').split('\n').slice(0, -1)
  const times = lines.map((line) => {
    const parsed = parseRecord(line)
    return 'record' in parsed ? parsed.record.time / 1000 : Number.NaN
  })
  t.equal(times.length, 120)
  t.ok(times[0]! >= before - 1 && times.at(-1)! <= local(), `from ${times[0]} to ${times.at(-1)}, begun ${before}`)
  const took = times.at(-1)! - times[0]!
  t.ok(took > 1100 && took < 3000, `${took} ms for 120 lines`)
  t.ok(times.every((time, i) => i === 0 || time >= times[i - 1]!))
  t.equal(truthIn(join(out, 'truth')).length, 120)
})

void t.test('the same events as without --live', async (t) => {
  const events = (text: string) => text.split('\r\n').map((line) => line.slice(24))
  const live = await runGenerate(['--live', '10000/s', '--lines', '3000', '--start', '2026-11-02T09:00'])
  const still = await runGenerate(['--lines', '3000', '--start', '2026-11-02T09:00'])
  t.strictSame(events(live.stdout), events(still.stdout))
  t.not(live.stdout, still.stdout)
})

void t.test('a time is so many lines at the rate', async (t) => {
  const { stdout } = await runGenerate(['--live', '6000/m', '--duration', '1s'])
  t.equal(stdout.split('\n').length, 101)
})

void t.test('it rotates as the client does, and is tailed', async (t) => {
  const out = t.testdir()
  const path = join(out, 'nsdebuglog.log')
  const running = startGenerate(['--live', '80000/s', '--out', out, '--truth', join(out, 'truth')])
  const stop = new AbortController()
  let read = 0
  const tail = (async () => {
    const splitter = new LineSplitter(() => read++)
    for await (const chunk of followLog(path, { signal: stop.signal, pollMs: 20 })) splitter.push(chunk)
  })()
  await waitUntil(() => readdirSync(out).includes('nsdebuglog.1.log'), 10_000)
  // Between the rename and the new file there is none by that name.
  await waitUntil(() => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 100_000)
  running.child.kill('SIGINT')
  t.match(await running.ended, { code: 130, stdout: '', stderr: '' })
  const told = truthIn(join(out, 'truth'))
  await waitUntil(() => read >= told.length)
  stop.abort()
  await tail
  t.equal(read, told.length, 'nothing is missed, nothing more is there')
  t.strictSame(readdirSync(out).sort(), ['nsdebuglog.1.log', 'nsdebuglog.log', 'truth'])
  const [old, current] = ['nsdebuglog.1.log', 'nsdebuglog.log'].map((name) => readFileSync(join(out, name)))
  const limit = 10 * 1024 * 1024
  t.ok(old!.length <= limit && old!.length > limit - 1000, `${old!.length} bytes`)
  t.ok(current!.toString().endsWith('\r\n'))
  const newest = told.slice(told.findLastIndex(({ offset }) => offset === 0))
  t.ok(
    newest.every(({ file }) => file === 'nsdebuglog.log'),
    'by the name the line was written under',
  )
  t.equal(current!.toString().split('\n').length - 1, newest.length)
})
