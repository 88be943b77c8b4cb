/** OriginSessions: which session the next exchange gets, and that none is left behind. */

import { once } from 'node:events'
import { type ClientHttp2Session, createServer, type ServerHttp2Session } from 'node:http2'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { type FoundSession, OriginSessions } from '../../../../gateway/inspect/http2/origin-sessions.js'
import { ask } from '../../../support/h2-world.js'
import { type Listening, listening } from '../../../support/loopback.js'
import { waitUntil } from '../../../support/wait-until.js'

interface World {
  readonly origin: Listening
  /** The origin's ends of the sessions. */
  readonly atOrigin: ServerHttp2Session[]
  readonly sessions: OriginSessions
  readonly first: Socket
  readonly counts: { again: number; leaving: number; malformed: number }
  /** Called before a connection is lost. */
  onLosing: () => void
}

/** What another connection is, when it is not simply one. */
type Again = (dial: () => Promise<Socket>) => Promise<Socket | { readonly failure: string }>

async function world(t: Test, again: Again = (dial) => dial()): Promise<World> {
  const server = createServer((_request, response) => response.end('x'))
  const atOrigin: ServerHttp2Session[] = []
  server.on('session', (session) => atOrigin.push(session))
  const origin = await listening(server)
  const dial = async (): Promise<Socket> => {
    const socket = connect(origin.port, '127.0.0.1')
    await once(socket, 'connect')
    return socket
  }
  const first = await dial()
  const counts = { again: 0, leaving: 0, malformed: 0 }
  const sessions = new OriginSessions(
    {
      first,
      idleMs: 1000,
      malformed: () => (counts.malformed += 1),
      again: () => {
        counts.again += 1
        return again(dial)
      },
    },
    { leaving: () => (counts.leaving += 1), losing: () => made.onLosing() },
  )
  const made: World = { origin, atOrigin, sessions, first, counts, onLosing: () => {} }
  t.teardown(async () => {
    await sessions.end()
    await origin.close()
  })
  return made
}

function isSession(found: FoundSession): found is ClientHttp2Session {
  return !('failure' in found)
}

async function bodyBy(found: FoundSession): Promise<string> {
  if (!isSession(found)) return found.failure
  return (await ask(found, { ':path': '/' })).body.toString()
}

void t.test('the first connection serves as long as it lasts, without waiting', async (t) => {
  const { sessions, counts } = await world(t)
  for (let count = 0; count < 3; count += 1) {
    const found = sessions.find()
    t.notOk(found instanceof Promise)
    t.equal(await bodyBy(await found), 'x')
  }
  t.strictSame(counts, { again: 0, leaving: 0, malformed: 0 })
})

void t.test('after GOAWAY the next exchange goes elsewhere, and what has begun ends where it began', async (t) => {
  const { sessions, atOrigin, counts } = await world(t)
  const old = (await sessions.find()) as ClientHttp2Session
  await bodyBy(old)
  const begun = old.request({ ':path': '/' })
  await once(begun, 'response')
  atOrigin[0]!.close()
  await waitUntil(() => counts.leaving === 1)
  const next = await sessions.find()
  t.not(next, old)
  t.equal(await bodyBy(next), 'x')
  begun.resume()
  await once(begun, 'end')
  t.equal(begun.rstCode, 0)
  t.strictSame(counts, { again: 1, leaving: 1, malformed: 0 })
})

void t.test('after a lost connection one new one is opened for all who wait', async (t) => {
  const { sessions, first, counts } = await world(t)
  first.destroy()
  await once(first, 'close')
  const found = await Promise.all([sessions.find(), sessions.find(), sessions.find()])
  t.equal(new Set(found).size, 1)
  t.equal(await bodyBy(found[0]), 'x')
  t.equal(counts.again, 1)
})

void t.test('why there is no other, and the next one asks again', async (t) => {
  let times = 0
  const { sessions, first, counts } = await world(t, async (dial) => {
    times += 1
    if (times === 1) return { failure: 'nobody there' }
    const socket = await dial()
    if (times === 2) socket.destroy()
    return socket
  })
  first.destroy()
  t.equal(await bodyBy(await sessions.find()), 'nobody there')
  t.match(await bodyBy(await sessions.find()), /closed the connection/)
  t.equal(await bodyBy(await sessions.find()), 'x')
  t.equal(counts.again, 3)
})

void t.test('an end closes all, and what comes later', async (t) => {
  let dialled: Socket | undefined
  let come: () => void = () => {}
  const mayCome = new Promise<void>((resolve) => (come = resolve))
  const { sessions, first, origin } = await world(t, async (dial) => {
    await mayCome
    dialled = await dial()
    return dialled
  })
  first.destroy()
  const coming = sessions.find()
  await sessions.end()
  come()
  t.match(await coming, { failure: String })
  t.equal(dialled?.destroyed, true)
  await waitUntil(() => origin.sockets.size === 0)
})

void t.test('a first connection that is closed already is passed over', async (t) => {
  const { sessions, counts } = await world(t)
  const closed = new OriginSessions(
    {
      first: new (await import('node:net')).Socket().destroy(),
      idleMs: 1,
      malformed: () => {},
      again: async () => ({ failure: 'none' }),
    },
    { leaving: () => {}, losing: () => {} },
  )
  t.match(await closed.find(), { failure: 'none' })
  await closed.end()
  t.equal(await bodyBy(await sessions.find()), 'x')
  t.equal(counts.again, 0)
})
