/**
 * A program that talks to the lab's WebSocket echo. `node websocket-echo.js HOST`: sends texts and bytes of many lengths,
 * all at once, and prints as JSON how many came back as they were, and who issued the server's certificate.
 */

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { type RawData, WebSocket } from 'ws'

/** The built program. */
export const WEBSOCKET_ECHO = fileURLToPath(import.meta.url)

const LENGTHS = [0, 1, 125, 126, 65_535, 65_536, 1_000_000]

if (process.argv[1] === WEBSOCKET_ECHO) {
  const socket = new WebSocket(`wss://${process.argv[2]}/ws`, { perMessageDeflate: false })
  // Both are said in one breath.
  const [[response]] = (await Promise.all([once(socket, 'upgrade'), once(socket, 'open')])) as [
    [{ socket: TLSSocket }],
    [],
  ]
  const issuer = response.socket.getPeerCertificate().issuer.CN
  const sent = LENGTHS.map((length) => randomBytes(length))
  let echoed = 0
  const all = new Promise<void>((resolve) => {
    let heard = 0
    socket.on('message', (message: RawData) => {
      if ((message as Buffer).equals(sent[heard]!)) echoed += 1
      heard += 1
      if (heard === sent.length) resolve()
    })
  })
  for (const bytes of sent) socket.send(bytes)
  await all
  socket.close()
  await once(socket, 'close')
  process.stdout.write(JSON.stringify({ issuer, sent: sent.length, echoed }))
}
