/** Handshakes through a relay that loses datagrams. */

import { createHash } from 'node:crypto'
import t from 'tap'
import {
  certificatesIn,
  clientOptions,
  dial,
  echoes,
  echoServer,
  relayTo,
  lackingDtls as skip,
} from '../../../support/dtls.js'

const certificates = await certificatesIn(t.testdir())

/** A third of all numbers, another third for each seed. */
function unordered(seed: number): (number: number) => boolean {
  return (number) => createHash('sha256').update(`${seed} ${number}`).digest()[0]! < 256 / 3
}

/** Which datagrams are lost, counted from 1 in both directions together. */
const losses: readonly (readonly [what: string, isLost: (number: number) => boolean])[] = [
  ['the first and every third datagram', (number) => number === 1 || number % 3 === 0],
  ['every third but not the first', (number) => number % 3 === 0],
  ['every fourth datagram', (number) => number % 4 === 0],
  ['the first eight datagrams', (number) => number <= 8],
  ...[1, 2, 3].map((seed) => [`a third of all, without order (${seed})`, unordered(seed)] as const),
]
for (const [what, isLost] of losses)
  void t.test(`a handshake survives the loss of ${what}`, { skip }, async (t) => {
    const server = await echoServer(t, certificates)
    let isLossy = true
    const relay = await relayTo(t, server.port, (number) => isLossy && isLost(number))
    const began = performance.now()
    const client = await dial(t, { ...clientOptions(certificates, relay.port), timeoutMs: 10_000 })
    t.comment(`${Math.round(performance.now() - began)} ms, ${relay.seen.length} datagrams`)
    isLossy = false
    t.ok(await echoes(client, 'through'))
    t.equal(server.links.length, 1)
    t.same(server.log, [])
  })
