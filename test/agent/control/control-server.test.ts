/** The control socket on a real path: what it answers, whom it refuses, and how leases end. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type ControlAnswers, ControlServer } from '../../../agent/control/control-server.js'
import { CONTROL_METHODS, MAX_REQUEST_BYTES } from '../../../agent/control/protocol.js'
import { userMistake } from '../../../agent/errors.js'
import { closed, readUntil } from '../../support/loopback.js'
import { shortDirectory } from '../../support/short-directory.js'
import { waitUntil } from '../../support/wait-until.js'

const ANSWERS: ControlAnswers = {
  status: () => ({ state: 'connected' }),
  map: async () => ['box.com'],
  update: () => null,
  flows: () => Promise.reject(new Error('no flows today')),
  pop: () => null,
  enable: () => null,
  disable: () => Promise.reject(userMistake('not-allowed', 'it fails closed')),
  details: () => null,
  log: () => null,
  blocked: () => [],
  'driver-log': () => null,
  capture: () => [],
  'speed-test': () => null,
  fault: (params) => ({ asked: params }),
  lease: () => ({ joined: true }),
}

async function listeningAt(t: Test, path = join(shortDirectory(t), 'agent.sock'), answers = ANSWERS) {
  let lastEnds = 0
  const server = new ControlServer(answers, () => {
    lastEnds += 1
  })
  await server.listen(path)
  t.teardown(() => server.close())
  return { path, server, lastEnds: () => lastEnds }
}

async function clientOf(t: Test, path: string): Promise<Socket> {
  const socket = connect(path)
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function asked(socket: Socket, request: string): Promise<unknown> {
  socket.write(`${request}\n`)
  return JSON.parse(await readUntil(socket, '\n'))
}

/** Another process that runs `script` with this path; settles when it has printed something. */
async function processAt(t: Test, path: string, script: string) {
  const child = spawn(process.execPath, ['-e', script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  return async () => {
    child.kill('SIGKILL')
    await ended
  }
}

void t.test('answers', async (t) => {
  const { path } = await listeningAt(t)
  const socket = await clientOf(t, path)
  const refused = { ok: false, error: `the request is not one of ${CONTROL_METHODS.join(', ')}` }
  const cases: readonly [request: string, answer: unknown, why: string][] = [
    ['{"method":"status"}', { ok: true, result: { state: 'connected' } }, 'a value'],
    ['{"method":"map"}', { ok: true, result: ['box.com'] }, 'a promise'],
    ['{"method":"flows"}', { ok: false, error: 'no flows today' }, 'a rejection'],
    ['{"method":"disable"}', { ok: false, error: 'it fails closed', code: 'not-allowed', exitCode: 2 }, 'a fault'],
    ['{"method":"fault","params":[1]}', { ok: true, result: { asked: [1] } }, 'parameters'],
    ['{"method":"fault"}', { ok: true, result: {} }, 'none of them'],
    ['{"method":"lease"}', { ok: true, result: { joined: true } }, 'a lease'],
    ['{"method":"stop"}', refused, 'an unknown method'],
    ['{"method":"constructor"}', refused, 'a method that any object has'],
    ['{"method":', refused, 'broken JSON'],
    ['null', refused, 'no object'],
    ['', refused, 'an empty line'],
    ['{"method":"status"}', { ok: true, result: { state: 'connected' } }, 'and still a good one'],
  ]
  for (const [request, answer, why] of cases) t.strictSame(await asked(socket, request), answer, why)
})

void t.test('requests may come in pieces', async (t) => {
  const { path } = await listeningAt(t)
  const socket = await clientOf(t, path)
  for (const piece of '{"method":"stat') socket.write(piece)
  await new Promise(setImmediate)
  t.strictSame(await asked(socket, 'us"}'), { ok: true, result: { state: 'connected' } })
})

void t.test('a line that is too long closes the connection, and only that one', async (t) => {
  const { path } = await listeningAt(t)
  const other = await clientOf(t, path)
  const longest = '{"method":"map"}'.padEnd(MAX_REQUEST_BYTES)
  t.match(await asked(other, longest), { ok: true }, 'the longest line')
  for (const [line, why] of [
    [`${longest}x`, 'without an end'],
    [`${longest} \n`, 'with its end'],
    ['x'.repeat(1024 * 1024), 'far too long'],
  ] as const) {
    const socket = await clientOf(t, path)
    let answer = ''
    socket.on('data', (bytes) => {
      answer += bytes
    })
    socket.write(line)
    await closed(socket)
    t.equal(answer, '', why)
  }
  t.match(await asked(other, '{"method":"map"}'), { ok: true })
})

void t.test('the socket is its owner’s alone, and gone after close', async (t) => {
  const { path, server } = await listeningAt(t)
  t.equal(statSync(path).mode & 0o777, 0o600)
  const socket = await clientOf(t, path)
  server.close()
  await closed(socket.resume())
  t.notOk(existsSync(path))
})

void t.test('a second agent is refused, and the first goes on', async (t) => {
  const { path } = await listeningAt(t)
  const second = new ControlServer(ANSWERS, () => {})
  await t.rejects(second.listen(path), { code: 'already-running', exitCode: 1 })
  second.close()
  t.match(await asked(await clientOf(t, path), '{"method":"map"}'), { ok: true })
})

void t.test('a path that cannot be', async (t) => {
  await t.rejects(listeningAt(t, join(shortDirectory(t), 'missing', 'agent.sock')), { code: 'control-failed' })
})

void t.test('the socket of a dead agent is replaced, by one of those who try', async (t) => {
  const path = join(shortDirectory(t), 'agent.sock')
  const kill = await processAt(t, path, 'net.createServer().listen(process.argv[1], () => console.log("up"))')
  await t.rejects(listeningAt(t, path), { code: 'already-running' }, 'it is alive')
  await kill()
  t.ok(existsSync(path), 'it left its socket')
  const tries = await Promise.allSettled(Array.from({ length: 5 }, () => listeningAt(t, path)))
  const refused = tries.filter(({ status }) => status === 'rejected')
  t.equal(refused.length, 4)
  for (const each of refused) t.match(each, { reason: { code: 'already-running' } })
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.match(await asked(await clientOf(t, path), '{"method":"map"}'), { ok: true })
})

void t.test('leases last as long as their connections', async (t) => {
  const { path, server, lastEnds } = await listeningAt(t)
  const [one, two, none] = [await clientOf(t, path), await clientOf(t, path), await clientOf(t, path)]
  await asked(none, '{"method":"status"}')
  t.equal(server.leases, 0)
  for (const socket of [one, one, two]) await asked(socket, '{"method":"lease"}')
  t.equal(server.leases, 2, 'asking twice is one lease')
  one.destroy()
  await waitUntil(() => server.leases === 1)
  t.equal(lastEnds(), 0, 'one is left')
  two.end()
  await waitUntil(() => server.leases === 0)
  t.equal(lastEnds(), 1)
  none.destroy()
  await asked(await clientOf(t, path), '{"method":"status"}')
  t.equal(lastEnds(), 1, 'a connection without a lease is nothing')
})

void t.test('a program that is killed gives its lease back', async (t) => {
  const { path, server, lastEnds } = await listeningAt(t)
  const hold = `const socket = net.connect(process.argv[1])
    socket.write('{"method":"lease"}\\n')
    socket.on('data', (bytes) => process.stdout.write(bytes))`
  const kill = await processAt(t, path, hold)
  t.equal(server.leases, 1)
  t.equal(lastEnds(), 0)
  await kill()
  await waitUntil(() => server.leases === 0)
  t.equal(lastEnds(), 1)
})

void t.test('a client that leaves before its answer harms nobody', async (t) => {
  let answer = (_: unknown): void => {}
  const late = new Promise((resolve) => {
    answer = resolve
  })
  const { path, server, lastEnds } = await listeningAt(t, undefined, { ...ANSWERS, lease: () => late })
  const socket = await clientOf(t, path)
  socket.write('{"method":"lease"}\n')
  await waitUntil(() => server.leases === 1)
  socket.destroy()
  await waitUntil(() => lastEnds() === 1)
  answer('too late')
  t.match(await asked(await clientOf(t, path), '{"method":"map"}'), { ok: true })
})
