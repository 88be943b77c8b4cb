/** Nothing that diagnostics write, pack or answer holds a key or a password: bundles, logs, captures, answers. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readPcapng } from '../../agent/capture-file/pcapng-reader.js'
import type { ControlMethod } from '../../agent/control/protocol.js'
import { askAgent } from '../../scripts/commands/common.js'
import { homePaths } from '../../scripts/process/home.js'
import { unpacked } from '../support/bundle-home.js'
import { sendCanaries, wordsIn } from '../support/canaries.js'
import { fieldsOf } from '../support/capture-files.js'
import { startCapture, stopCapture } from '../support/lab-captures.js'
import { lacking } from '../support/needs.js'
import { type Found, filesOf, holders, keysIn, tracesOf } from '../support/private-keys.js'
import { type TestLab, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const skip = lacking('root', 'capture', 'curl', 'tshark', 'dumpcap')

const PASSWORD = 'planted-Master-4711'

/** What can be asked and changes nothing. */
const METHODS: ReadonlyArray<Exclude<ControlMethod, 'lease'>> = [
  'status',
  'pop',
  'flows',
  'map',
  'capture',
  'details',
  'blocked',
]

/** A line of NSS key log: a label of a session's secret, the client's random, the secret. */
const KEY_LOG_LINE =
  /^(?:CLIENT_RANDOM|(?:CLIENT|SERVER)_(?:HANDSHAKE_TRAFFIC_SECRET|TRAFFIC_SECRET_\d+)|EXPORTER_SECRET) ([0-9a-f]{64}) [0-9a-f]{64,96}$/

void t.test('keys and passwords stay where they are', { skip }, (t) =>
  withLab(t, async (lab) => {
    await lab.cli(['nsdiag', '-d', 'start'])
    await lab.cli(['nsdiag', '-l', 'debug'])
    const closed = await startCapture(lab, 'inner', { file: 'closed.pcap' })
    const kernel = await startCapture(lab, 'outer', { file: 'kernel.pcap', from: 'kernel' })
    // Downloads the configuration, which the tenant's keys are asked for.
    t.equal((await lab.cli(['enroll', '--check-every', '1s'])).code, 0)
    await setPassword(t, lab)
    await sendCanaries(lab)
    await stopCapture(lab, 'inner')
    await stopCapture(lab, 'outer')
    const open = await startCapture(lab, 'inner', { file: 'open.pcap', keys: true })
    const rebuilt = await startCapture(lab, 'outer', { file: 'rebuilt.pcap', from: 'socket' })
    await sendCanaries(lab)

    const bundle = join(lab.home, 'bundle.zip')
    const said = [await answersOf(lab), await saidBy(lab, ['nsdiag', '-o', bundle])].flat()
    await stopCapture(lab, 'inner')
    await stopCapture(lab, 'outer')
    await lab.cli(['nsdiag', '-d', 'stop'])

    const files = filesOf(lab)
    const written = files.filter(({ file }) => file.startsWith('stagent/logs/') || file.endsWith('.log'))
    for (const name of ['nsdebuglog.log', 'gateway.log', 'closed.pcap', 'kernel.pcap', 'open.pcap', 'rebuilt.pcap'])
      t.ok(
        written.some(({ file }) => file.endsWith(name)),
        name,
      )
    const members = [...(await unpacked(bundle))].map(([file, content]) => ({ file: `${file} of the bundle`, content }))
    const all = [...said, ...written, ...members]
    const words = secretWords(lab)
    t.equal(words.length, 4)
    for (const { file, content } of all) t.strictSame(wordsIn(content, words), [], file)
    const keys = keysIn(files)
    t.ok(keys.length >= 3)
    for (const { file, pem } of keys) {
      t.strictSame(holders(files, tracesOf(pem)), [file], `the key of ${file} is there alone`)
      t.strictSame(holders(all, tracesOf(pem)), [], 'and nowhere else')
    }
    const bags = files.filter(({ file }) => file.endsWith('.p12'))
    t.ok(bags.length > 0)
    for (const { file, content } of bags)
      t.strictSame(holders(all, [content, Buffer.from(content.toString('base64').slice(0, 64))]), [], file)

    await t.test('TLS secrets are where they were asked for', async (t) => {
      for (const { file } of [closed, kernel, rebuilt]) t.strictSame(readPcapng(readFileSync(file)).secrets, [], file)
      const lines = readPcapng(readFileSync(open.file)).secrets.join('').trim().split('\n')
      const randoms = new Set(lines.map((line) => KEY_LOG_LINE.exec(line)?.[1] ?? line))
      const steered = 'tls.handshake.type == 1 && tls.handshake.extensions_server_name == "www.figma.com"'
      const expected = await fieldsOf(open.file, ['tls.handshake.random'], steered)
      t.strictSame([...randoms].sort(), expected.sort(), 'of the decrypted flows, and nothing else')
    })
  }),
)

/** Sets the master password, and gives a wrong and the right one. */
async function setPassword(t: Test, lab: TestLab): Promise<void> {
  const { version } = (await lab.status()).configuration
  t.equal((await lab.cli(['config', 'password'], { input: `${PASSWORD}\n` })).code, 0)
  await waitUntil(async () => (await lab.status()).configuration.version > version, 10_000)
  t.equal((await lab.cli(['nsdiag', '-t', 'disable'], { input: `${PASSWORD}?\n` })).code, 1)
  t.equal((await lab.cli(['nsdiag', '-t', 'disable'], { input: `${PASSWORD}\n` })).code, 0)
  t.equal((await lab.cli(['nsdiag', '-t', 'enable'])).code, 0)
}

/** The tenant's keys, the password and its hash, each found where it has to be. */
function secretWords({ home }: TestLab): readonly string[] {
  const branding = JSON.parse(readFileSync(join(home, 'stagent', 'nsbranding.json'), 'utf8'))
  const { masterPassword } = JSON.parse(readFileSync(join(home, 'stagent', 'steerlab.json'), 'utf8'))
  return [branding.OrgKey, branding.UserKey, PASSWORD, masterPassword]
}

async function answersOf(lab: TestLab): Promise<readonly Found[]> {
  const answers = METHODS.map(async (method) => {
    const answer = await askAgent(homePaths(lab.home), method)
    return { file: `the answer ${method}`, content: Buffer.from(JSON.stringify(answer)) }
  })
  const commands = ['nsdiag -f', 'nsdiag -f --json', 'nsclient show-config', 'nsclient show-blocked-event', 'status']
  const lines = commands.map((line) => saidBy(lab, line.split(' ')))
  return (await Promise.all([...answers, ...lines])).flat()
}

async function saidBy(lab: TestLab, args: readonly string[]): Promise<Found> {
  const { stdout, stderr } = await lab.cli(args)
  return { file: args.join(' '), content: Buffer.from(stdout + stderr, 'latin1') }
}
