/** Outer captures: what a network sees of a lab at work. Nothing of what is steered, all of what is bypassed. */

import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { CaptureRequest } from '../../agent/capture-file/capture-request.js'
import type { Endpoint } from '../../agent/steering/flow.js'
import { BYPASSED_WORDS, HIDDEN_WORDS, STEERED_WORDS, sendCanaries, wordsIn } from '../support/canaries.js'
import { doubtsOf, fieldsOf, malformedIn, tshark } from '../support/capture-files.js'
import { pathWithoutDumpcap } from '../support/kernel-capture.js'
import { followed, startCapture, stopCapture } from '../support/lab-captures.js'
import { clientConfig, statusOf } from '../support/lab-files.js'
import { lacking } from '../support/needs.js'
import { type TestLab, withLab } from '../support/steerlab.js'

const skip = lacking('root', 'capture', 'curl', 'tshark', 'dumpcap', 'tcpdump')

const OVER_DTLS = { 'nsconfig.json': clientConfig({ protocol: 'dtls' }) }

const BY_DUMPCAP = /^packets of the kernel, captured by dumpcap [\d.]+;/
const BY_TCPDUMP = /^packets of the kernel, captured by tcpdump [\d.]+;/
const REBUILT = /^rebuilt from the ciphertext at the tunnel's socket .* \(it was asked for so\)$/

void t.test('over TLS', { skip }, (t) =>
  withLab(t, async (lab) => {
    await t.test('by dumpcap', (t) => showsNothingElse(t, lab, {}, BY_DUMPCAP))
    await t.test('rebuilt', (t) => showsNothingElse(t, lab, { from: 'socket' }, REBUILT))
  }),
)

void t.test('over DTLS', { skip }, (t) =>
  withLab(
    t,
    async (lab) => {
      t.match(await statusOf(lab), { tunnel: { transport: 'DTLS' } })
      await t.test('by dumpcap', (t) => showsNothingElse(t, lab, {}, BY_DUMPCAP))
      await t.test('rebuilt', (t) => showsNothingElse(t, lab, { from: 'socket' }, REBUILT))
    },
    { files: OVER_DTLS },
  ),
)

void t.test('by tcpdump, where there is no dumpcap', { skip }, (t) =>
  withLab(t, (lab) => showsNothingElse(t, lab, { from: 'kernel' }, BY_TCPDUMP), {
    under: ['/usr/bin/env', `PATH=${pathWithoutDumpcap(t)}`],
  }),
)

async function showsNothingElse(t: Test, lab: TestLab, request: CaptureRequest, source: RegExp): Promise<void> {
  const begun = await startCapture(lab, 'outer', request)
  t.match(begun.source, source)
  const sent = await sendCanaries(lab)
  const report = await stopCapture(lab, 'outer')
  t.match(report, { dropped: 0, failure: '', running: false })
  const { file } = report

  const bytes = readFileSync(file)
  t.ok(bytes.includes(`outer capture: ${begun.source}`), 'the file says what it is')
  t.strictSame(wordsIn(bytes, BYPASSED_WORDS), BYPASSED_WORDS, 'what is bypassed is in the clear')
  t.strictSame(wordsIn(bytes, [...STEERED_WORDS, ...HIDDEN_WORDS]), [], 'and nothing else')

  const [stream] = await fieldsOf(file, ['tcp.stream'], `frame contains "${BYPASSED_WORDS[1]}"`)
  const sides = (['client', 'server'] as const).map((side) => followed(file, Number(stream), side))
  t.strictSame(await Promise.all(sides), [sent.client, sent.server], 'byte by byte')

  const isRebuilt = source === REBUILT
  const [gateway, ...origins] = (await endpointsOf(lab, isRebuilt)).map(nameOf)
  const peers = await peersIn(file)
  t.strictSame(
    peers.filter((ends) => !ends.includes(gateway!)).length,
    origins.length,
    'a connection for each bypassed request, and nobody else has any',
  )
  for (const origin of origins) t.equal(peers.filter((ends) => ends.includes(origin)).length, 1, origin)
  t.ok(peers.length > origins.length, 'and the tunnel')
  t.strictSame(isRebuilt ? await doubtsOf(file) : await malformedIn(file), [], 'tshark has nothing against it')
}

/** The gateway, then the bypassed host's HTTP and HTTPS: with public addresses, or where the kernel sees them. */
async function endpointsOf(lab: TestLab, areRebuilt: boolean): Promise<readonly Endpoint[]> {
  const { tunnel, cloud, lab: world } = await statusOf(lab)
  const { ip, port, transport } = tunnel
  if (areRebuilt) return [{ ip, port }, ...[80, 443].map((port) => ({ ip: '170.114.52.2', port }))]
  const gateway = cloud.routes[`${ip}:${port}/${transport === 'DTLS' ? 'udp' : 'tcp'}`]!
  return [gateway, ...[80, 443].map((port) => ({ ip: '127.0.0.1', port: world!.ports[port]! }))]
}

function nameOf({ ip, port }: Endpoint): string {
  return `${ip}:${port}`
}

/** Both ends of every conversation. */
async function peersIn(file: string): Promise<ReadonlyArray<readonly string[]>> {
  const lines = await tshark(file, '-q', '-z', 'conv,tcp', '-z', 'conv,udp')
  return lines.flatMap((line) => {
    const [, one, other] = /^(\S+) +<-> (\S+) /.exec(line) ?? []
    return one === undefined || other === undefined ? [] : [[one, other]]
  })
}
