import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type ZipLog, zipLogs } from '../../../scripts/logs/zip-logs.js'
import { heldBytes } from '../../support/memory.js'
import { lacking } from '../../support/needs.js'
import { runProgram } from '../../support/run-program.js'
import { textOfChunks } from '../../support/text-of-chunks.js'
import { type ZipEntry, zipOf } from '../../support/zip.js'

function written(t: Test, entries: readonly ZipEntry[]): string {
  const path = join(t.testdir(), 'bundle.zip')
  writeFileSync(path, zipOf(entries))
  return path
}

async function textsOf(logs: readonly ZipLog[]): Promise<string[]> {
  const texts: string[] = []
  for (const { folder, name, part } of logs) texts.push(`${folder} ${name} ${await textOfChunks(part.open())}`)
  return texts
}

const BUNDLE: readonly ZipEntry[] = [
  { name: 'nsdebuglog.log', content: 'top\n' },
  { name: 'Logs/', content: '', method: 0 },
  { name: 'Logs/nsdebuglog.1.log', content: 'stored\n', method: 0 },
  { name: 'Logs/npadebuglog.log', content: 'another format\n' },
  { name: 'Logs/deep/nsdebuglog.log', content: '' },
  { name: 'back\\slash\\nsdebuglog.log', content: 'by an old .NET\n' },
  { name: '__MACOSX/Logs/._nsdebuglog.log', content: 'attributes' },
]

const BUNDLE_TEXTS = [
  '. nsdebuglog.log top\n',
  'Logs nsdebuglog.1.log stored\n',
  'Logs/deep nsdebuglog.log ',
  'back/slash nsdebuglog.log by an old .NET\n',
]

void t.test('the logs of a bundle, stored and deflated, and nothing else of it', async (t) => {
  const path = written(t, BUNDLE)
  const logs = await zipLogs(path)
  t.strictSame(await textsOf(logs), BUNDLE_TEXTS)
  t.strictSame(await textsOf(logs), BUNDLE_TEXTS, 'and once more')
  t.equal(logs[1]?.part.name, `${path}:Logs/nsdebuglog.1.log`)
  t.strictSame(await zipLogs(written(t, [])), [], 'an empty zip has none')
})

void t.test('what this test writes is a zip to others', { skip: lacking('unzip') }, async (t) => {
  const { code, stdout } = await runProgram('unzip', ['-t', written(t, BUNDLE.slice(0, 5))])
  t.equal(code, 0, stdout)
})

void t.test('a zip others write is read, and what cannot be is refused', { skip: lacking('zip') }, async (t) => {
  const directory = t.testdir({ 'nsdebuglog.log': 'a line\n'.repeat(5000) })
  const zip = async (name: string, ...args: readonly string[]) => {
    const path = join(directory, name)
    const { code, stdout } = await runProgram('zip', [...args, '-j', path, join(directory, 'nsdebuglog.log')])
    t.equal(code, 0, stdout)
    return path
  }
  t.strictSame(await textsOf(await zipLogs(await zip('plain.zip'))), [`. nsdebuglog.log ${'a line\n'.repeat(5000)}`])
  t.equal((await zipLogs(await zip('streamed.zip', '-fd'))).length, 1, 'with descriptors after the data')
  await t.rejects(zipLogs(await zip('locked.zip', '-P', 'secret')), {
    code: 'log-unreadable',
    exitCode: 2,
    message: `${directory}/locked.zip:nsdebuglog.log is encrypted: unpack it with its password first`,
  })
})

void t.test('an entry that cannot be unpacked is refused, if it is a log', async (t) => {
  const encrypted = { content: 'x', flags: 1 }
  const deflate64 = { content: 'x', method: 9 }
  await t.rejects(zipLogs(written(t, [{ name: 'nsdebuglog.log', ...encrypted }])), { message: /is encrypted/ })
  await t.rejects(zipLogs(written(t, [{ name: 'nsdebuglog.log', ...deflate64 }])), { message: /compression method 9,/ })
  const others = [
    { name: 'secret.txt', ...encrypted },
    { name: 'large.pcap', ...deflate64 },
  ]
  t.equal((await zipLogs(written(t, [...others, BUNDLE[0]!]))).length, 1)
})

void t.test('an entry that is not what the zip says is refused', async (t) => {
  const name = 'nsdebuglog.log'
  const content = 'line\n'.repeat(100)
  const damaged: readonly ZipEntry[] = [
    { name, content, crc: 1 },
    { name, content, crc: 1, method: 0 },
    { name, content, size: 499 },
    { name, content, size: 501 },
    { name, content: '', size: 1 },
  ]
  for (const entry of damaged) {
    const path = written(t, [entry])
    const [log] = await zipLogs(path)
    const wanted = { code: 'log-damaged', exitCode: 2, message: RegExp(`^${path}:${name} is damaged`) }
    await t.rejects(textOfChunks(log!.part.open()), wanted, JSON.stringify({ ...entry, content: '' }))
  }
})

void t.test('an entry that unpacks to more than it says is stopped there', async (t) => {
  const [bomb] = await zipLogs(written(t, [{ name: 'nsdebuglog.log', content: Buffer.alloc(2 ** 24), size: 2 ** 20 }]))
  let given = 0
  await t.rejects(async () => {
    for await (const chunk of bomb!.part.open()) given += chunk.length
  })
  t.ok(given <= 2 ** 20, `${given} bytes`)
})

void t.test('a zip damaged or cut anywhere is read as it was or refused, never worse', async (t) => {
  const path = written(t, [{ name: 'nsdebuglog.log', content: 'one line, two lines, three lines\n' }])
  const whole = await readFile(path)
  const [wanted] = await textsOf(await zipLogs(path))
  const tell = async (bytes: Uint8Array) => {
    writeFileSync(path, bytes)
    return zipLogs(path).then(textsOf)
  }
  for (let at = 0; at < whole.length; at++) {
    await t.rejects(tell(whole.subarray(0, at)), { code: 'log-damaged' }, `cut to ${at} bytes`)
    const changed = Buffer.from(whole)
    changed[at]! ^= 0xff
    const outcome = await tell(changed).catch((error) => error.code)
    if (Array.isArray(outcome)) t.ok(outcome.length === 0 || outcome[0] === wanted, `byte ${at}: ${outcome}`)
    else t.match(outcome, /^log-(damaged|unreadable)$/, `byte ${at}`)
  }
})

void t.test('an entry of any size stays out of memory', async (t) => {
  const megabytes = 128
  const path = written(t, [{ name: 'nsdebuglog.log', content: Buffer.alloc(megabytes * 1024 * 1024, 'line\n') }])
  const [log] = await zipLogs(path)
  const before = await heldBytes()
  let size = 0
  let most = 0
  for await (const chunk of log!.part.open()) {
    if (Math.floor(size / 2 ** 24) !== Math.floor((size + chunk.length) / 2 ** 24)) {
      most = Math.max(most, (await heldBytes()) - before)
    }
    size += chunk.length
  }
  t.equal(size, megabytes * 1024 * 1024)
  t.ok(most < 8 * 1024 * 1024, `${most} bytes held at most`)
})
