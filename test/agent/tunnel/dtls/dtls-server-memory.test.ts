/** Many handshakes, good and bad ones: what they took comes back. And more links than there may be. */

import t from 'tap'
import { connectDtls } from '../../../../agent/tunnel/dtls/dtls-client.js'
import { certificatesIn, clientOptions, dial, echoes, echoServer, lackingDtls as skip } from '../../../support/dtls.js'
import { heldBytes } from '../../../support/memory.js'
import { nativeBytes } from '../../../support/native-memory.js'
import { untilStill, waitUntil } from '../../../support/wait-until.js'

const directory = t.testdir()
const acme = await certificatesIn(directory)
const other = await certificatesIn(directory, 'other')
const bytes = await nativeBytes()

void t.test('native memory is stable over 200 handshakes', { skip: skip || bytes === undefined }, async (t) => {
  const server = await echoServer(t, acme)
  const good = clientOptions(acme, server.port)
  const round = async () => {
    const result = await connectDtls(good)
    if (!('link' in result)) throw new Error(result.detail)
    result.link.send(Buffer.from('x'))
    result.link.close()
    await connectDtls({ ...good, servername: 'gateway-acme.example' })
    await connectDtls({ ...good, pfx: other.agent.pfx })
    await connectDtls({ ...good, ca: other.agent.authority })
  }
  const settled = async () => {
    await waitUntil(() => server.links.every(({ ends }) => ends.length === 1))
    server.links.length = 0
    await untilStill(() => server.log.length)
    await heldBytes()
    return bytes!()
  }
  for (let rounds = 0; rounds < 15; rounds += 1) await round()
  const before = await settled()
  for (let rounds = 0; rounds < 50; rounds += 1) await round()
  const grown = (await settled()) - before
  t.comment(`${grown} bytes after 200 handshakes`)
  t.ok(grown < 200 * 5000, 'a connection takes some 50,000')
})

void t.test('links at once are bounded; one more ends at once, and those that are stay', { skip }, async (t) => {
  const server = await echoServer(t, acme)
  const options = clientOptions(acme, server.port)
  const links = []
  for (let number = 0; number < 256; number += 1) links.push(await dial(t, options))
  const surplus = await dial(t, options)
  await waitUntil(() => surplus.ends.length > 0)
  t.same(surplus.ends, ['the peer closed the connection'])
  t.same(server.log, ['dtls-refused: too many links'])
  t.ok(await echoes(links[0]!, 'first'))
  links[1]!.link.close()
  await waitUntil(() => server.links[1]!.ends.length > 0)
  t.ok(await echoes(await dial(t, options), 'in its place'))
})
