/** One run of a checked program: its end, its output, its limits, and that nothing of it is left. */

import { existsSync } from 'node:fs'
import t from 'tap'
import { KEPT_BYTES, runProgram } from '../../../scripts/check/run-program.js'
import { waitUntil } from '../../support/wait-until.js'

const ENV = { PATH: '/usr/bin:/bin' }

function run(script: string, { timeoutMs = 10_000, signal = new AbortController().signal } = {}) {
  return runProgram({ command: ['/bin/sh', '-c', script], env: ENV, timeoutMs, signal })
}

void t.test('exit code, both outputs and the time are told', async (t) => {
  const end = await run('echo out; echo error >&2; exit 3')
  t.match(end, { exit: 3, timedOut: false })
  for (const line of [/^out$/m, /^error$/m]) t.match(end.output, line)
  t.ok(end.durationMs >= 0 && end.durationMs < 10_000)
})

void t.test('a program that dies of a signal has the exit code a shell gives it', async (t) => {
  t.match(await run('kill -KILL $$'), { exit: 137, timedOut: false })
})

void t.test('there is no input', async (t) => {
  t.match(await run('read line; echo "code $?"'), { output: 'code 1\n' })
})

void t.test('the environment is what was given', async (t) => {
  const { output } = await runProgram({
    // Not all of it: tap adds variables of its own.
    command: ['/bin/sh', '-c', 'echo "$PATH $ONLY <$GONE$HOME>"'],
    env: { ...ENV, ONLY: 'this', GONE: undefined },
    timeoutMs: 10_000,
    signal: new AbortController().signal,
  })
  t.equal(output, '/usr/bin:/bin this <>\n')
})

void t.test('of long output the end is kept', async (t) => {
  const { output } = await run('i=0; while [ $i -lt 40 ]; do printf "%010000d" $i; i=$((i+1)); done; echo; echo end')
  t.equal(output.length, KEPT_BYTES)
  t.ok(output.endsWith('039\nend\n'))
})

void t.test('a program that does not end is stopped, and said to be', async (t) => {
  t.match(await run('echo begun; sleep 60', { timeoutMs: 200 }), { exit: 143, timedOut: true, output: 'begun\n' })
})

void t.test('one that does not listen is killed', async (t) => {
  t.match(await run('trap "" TERM; while :; do sleep 1; done', { timeoutMs: 100 }), { exit: 137, timedOut: true })
})

void t.test('an interruption ends it, also one that came before', async (t) => {
  const controller = new AbortController()
  const running = run('sleep 60', { signal: controller.signal })
  controller.abort()
  t.match(await running, { exit: 143, timedOut: false })
  t.match(await run('sleep 60', { signal: controller.signal }), { exit: 143, timedOut: false })
})

void t.test('what it leaves in the background ends with it', async (t) => {
  const { output, durationMs } = await run('sleep 60 & echo $!')
  await waitUntil(() => !existsSync(`/proc/${output.trim()}`))
  t.ok(durationMs < 5000, 'and is not waited for')
})

void t.test('a daemon that holds its output open is not waited for', async (t) => {
  const { output } = await run('setsid sleep 60 & echo $!')
  process.kill(Number(output.trim()), 'SIGKILL')
  t.match(output, /^\d+\n$/)
})

void t.test('what cannot be started is a fault', async (t) => {
  const command = ['/nowhere/program']
  const running = runProgram({ command, env: ENV, timeoutMs: 1000, signal: new AbortController().signal })
  await t.rejects(running, { code: 'program-failed' })
})
