/** The reliable stream as a socket, over real UDP on loopback that loses datagrams. */

import { once } from 'node:events'
import t, { type Test } from 'tap'
import { CONNECTION_DEFAULTS } from '../../../../agent/tunnel/reliable/connection.js'
import { MAX_HEADER_BYTES } from '../../../../agent/tunnel/reliable/frame.js'
import { ReliableStream, type ReliableStreamOptions } from '../../../../agent/tunnel/reliable/reliable-stream.js'
import { drink, fate, pour } from '../../../support/byte-flow.js'
import { seeded, streamBytes } from '../../../support/simulated-path.js'
import { type UdpLink, udpLinks } from '../../../support/udp-link.js'
import { untilStill, waitUntil } from '../../../support/wait-until.js'

let seed = 0

/** Two streams joined by links that lose a part of the datagrams; both are gone when the test is over. */
async function joined(t: Test, loss = 0, options: ReliableStreamOptions = {}) {
  seed += 1
  const random = seeded(seed)
  const links = await udpLinks(() => random() < loss)
  const [a, b] = links.map((link) => new ReliableStream(link, options)) as [ReliableStream, ReliableStream]
  const fates = [fate(a), fate(b)] as const
  t.teardown(() => {
    a.destroy()
    b.destroy()
  })
  return { a, b, links, fates }
}

const isOver = (links: readonly UdpLink[]) => () => links.every(({ closed }) => closed)

void t.test('20 MB one way and 2 MB the other, 2 % lost: the same bytes, then both are closed', async (t) => {
  const { a, b, links, fates } = await joined(t, 0.02)
  const [there, back, arrived, returned] = await Promise.all([
    pour(a, 20_000_000),
    pour(b, 2_000_000, 997),
    drink(b),
    drink(a),
  ])
  t.strictSame(arrived, there)
  t.strictSame(returned, back)
  t.strictSame(await Promise.all(fates), ['', ''])
  await waitUntil(isOver(links))
})

void t.test('written memory is free at once, also when there is no room for it', async (t) => {
  const { a, b } = await joined(t, 0, { sendBytes: 10_000 })
  const heard: Buffer[] = []
  b.on('data', (chunk: Buffer) => void heard.push(chunk))
  const memory = Buffer.alloc(300_000)
  for (let from = 0; from < 900_000; from += memory.length) {
    memory.set(streamBytes(from, from + memory.length))
    const written = new Promise((resolve) => a.write(memory, resolve))
    memory.fill(0xee)
    await written
  }
  a.end()
  await once(b, 'end')
  t.ok(Buffer.concat(heard).equals(streamBytes(0, 900_000)))
})

void t.test('either direction ends by itself; finish means that the peer has all', async (t) => {
  for (const [first, second] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const pair = await joined(t)
    const ending = pair[first]
    const other = pair[second]
    const heard = drink(other)
    ending.end('last words')
    await once(ending, 'finish')
    t.equal((await heard).bytes, 10)
    t.notOk(ending.destroyed || other.destroyed)
    const answer = drink(ending)
    const poured = await pour(other, 300_000)
    t.strictSame(await answer, poured)
    t.strictSame(await Promise.all(pair.fates), ['', ''])
    await waitUntil(isOver(pair.links))
  }
})

void t.test('30 % lost, 50 streams that end at once: none ends with an error', async (t) => {
  const pairs = await Promise.all(Array.from({ length: 50 }, () => joined(t, 0.3)))
  for (const { a, b } of pairs) {
    b.resume().on('end', () => b.end('bye'))
    a.resume().end('hello')
  }
  const ends = await Promise.all(pairs.flatMap(({ fates }) => fates))
  t.strictSame([...new Set(ends)], [''])
})

void t.test('destroy tells the peer, which fails at once', async (t) => {
  const { a, b, links, fates } = await joined(t)
  a.write('x')
  b.resume()
  await once(b, 'data')
  b.destroy()
  t.strictSame(await Promise.all(fates), ['tunnel-reset', ''])
  await waitUntil(isOver(links))
})

void t.test('a link that ends ends the stream with an error', async (t) => {
  const { a, links, fates } = await joined(t)
  const kept = new Promise<string>((resolve) => {
    a.write(Buffer.alloc(3 * CONNECTION_DEFAULTS.sendBytes), (error) =>
      resolve((error as NodeJS.ErrnoException | undefined)?.code ?? 'written'),
    )
  })
  links[0].close()
  t.strictSame(await Promise.all(fates), ['tunnel-link-ended', 'tunnel-link-ended'])
  t.equal(await kept, 'tunnel-link-ended', 'a write that waited for room is told')
})

void t.test('a link that ends when both directions have ended takes nothing from a late reader', async (t) => {
  const { a, b, links, fates } = await joined(t)
  const poured = await pour(b, 500_000)
  a.end()
  b.resume()
  await Promise.all([once(a, 'finish'), once(b, 'finish')])
  links[1].close()
  await waitUntil(isOver(links))
  t.strictSame(await drink(a), poured)
  t.strictSame(await Promise.all(fates), ['', ''])
})

void t.test('a peer that is gone without a word is given up', async (t) => {
  const { a, links, fates } = await joined(t, 0, { giveUpMs: 300 })
  links[1].cut()
  const begun = performance.now()
  a.write('x')
  t.equal(await fates[0], 'tunnel-silent')
  const ms = performance.now() - begun
  t.ok(ms >= 299 && ms < 2000, `${ms} ms`)
})

void t.test('a peer that breaks the rules is refused', async (t) => {
  const { links, fates } = await joined(t)
  links[0].send(Buffer.from('GET / HTTP/1.1'))
  t.strictSame(await Promise.all(fates), ['tunnel-reset', 'tunnel-violation'])
})

void t.test('a reader that does not read stops the writer, and lets it go on', async (t) => {
  const { a, b } = await joined(t, 0.01, { windowBytes: 200_000, sendBytes: 100_000 })
  let taken = 0
  for (let piece = 0; piece < 500; piece += 1)
    a.write(streamBytes(piece * 10_000, piece * 10_000 + 10_000), () => {
      taken += 10_000
    })
  a.end()
  await untilStill(() => taken)
  // What a stream of Node reads ahead comes on top of the two bounds.
  t.ok(taken >= 300_000 && taken <= 300_000 + 2 * 65_536, `${taken} bytes were taken`)
  const heard: Buffer[] = []
  b.on('data', (chunk: Buffer) => void heard.push(chunk))
  await once(b, 'end')
  t.ok(Buffer.concat(heard).equals(streamBytes(0, 5_000_000)))
})

void t.test('it is as quick as the path: a question and its answer take no timer', async (t) => {
  const { a, b } = await joined(t)
  b.on('data', (chunk: Buffer) => b.write(chunk))
  const begun = performance.now()
  for (let times = 0; times < 200; times += 1) {
    a.write(`question ${times}`)
    const [answer] = await once(a, 'data')
    t.equal(`${answer}`, `question ${times}`)
  }
  const each = (performance.now() - begun) / 200
  t.ok(each < 4, `${each} ms each: less than a delayed acknowledgement`)
})

void t.test('a link of tiny or too large datagrams is refused; setNoDelay does nothing', async (t) => {
  const { a } = await joined(t)
  t.equal(a.setNoDelay(), a)
  const over = (maxBytes: number) => () =>
    new ReliableStream({ maxBytes, send: () => {}, receive: () => {}, close: () => {} }).destroy()
  for (const maxBytes of [MAX_HEADER_BYTES + 127, 65_536]) t.throws(over(maxBytes), { code: 'tunnel-datagram-size' })
  for (const maxBytes of [MAX_HEADER_BYTES + 128, 65_535]) t.doesNotThrow(over(maxBytes))
})
