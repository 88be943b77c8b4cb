/** `steerlab logs report` as its user has it. */

import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { PROFILES } from '../../../agent/log/profiles.js'
import { SCENARIOS } from '../../../agent/synth/scenarios.js'
import { generatedLog } from '../../support/generated-log.js'
import { CLI, type Ended, environment, startProgram } from '../../support/steerlab.js'
import { zipOf } from '../../support/zip.js'

const GOLDEN = new URL('../../../../test/fixtures/nsdebuglog-golden.log', import.meta.url)
const golden = readFileSync(GOLDEN, 'utf8')

function start(args: readonly string[], input?: string) {
  const stdin = input === undefined ? {} : { input }
  return startProgram([process.execPath, CLI, 'logs', 'report', ...args], { env: environment(''), ...stdin })
}

function report(args: readonly string[], input?: string): Promise<Ended> {
  return start(args, input).ended
}

async function json(args: readonly string[], input?: string): Promise<Record<string, never>> {
  const { code, stdout, stderr } = await report([...args, '--json'], input)
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

void t.test('files, folders, rotated, packed, zipped, piped: the same report', async (t) => {
  const lines = golden.split(/(?<=\n)/)
  const directory = t.testdir({
    plain: { 'nsdebuglog.log': golden },
    rotated: {
      'nsdebuglog.log': lines.slice(30).join(''),
      'nsdebuglog.1.log': lines.slice(10, 30).join(''),
      'nsdebuglog.2.log': lines.slice(0, 10).join(''),
      'npadebuglog.log': 'another format\n',
    },
  })
  writeFileSync(join(directory, 'log.gz'), gzipSync(golden))
  writeFileSync(join(directory, 'bundle.zip'), zipOf([{ name: 'Logs/nsdebuglog.log', content: golden }]))
  const plain = await json([join(directory, 'plain')])
  t.match(plain, { lines: { total: 38, records: 38, unreadable: 0 }, flows: { total: 7 } })
  const same = ({ flows, pop, client, errors, time }: Record<string, never>) => ({ flows, pop, client, errors, time })
  for (const name of ['plain/nsdebuglog.log', 'rotated', 'log.gz', 'bundle.zip'])
    t.strictSame(same(await json([join(directory, name)])), same(plain), name)
  t.strictSame(same(await json(['-'], golden)), same(plain), 'standard input')
})

void t.test('text, CSV and a page', async (t) => {
  const path = join(t.testdir(), 'nsdebuglog.log')
  copyFileSync(GOLDEN, path)
  const text = await report([path])
  t.match(text, { code: 0, stderr: '', stdout: /^Log\n[\s\S]*Steered or not/ })
  t.notOk(text.stdout.includes('\u001b'), 'no colour outside a terminal')
  const csv = (await report([path, '--csv'])).stdout.split('\r\n')
  t.equal(csv[0], 'process,host,verdict,count,first,last,destinations')
  t.equal(csv.length, 8, 'a row a program, host and verdict, and the heading')
  const page = join(t.testdirName, 'report.html')
  t.match(await report([path, '--html', '--out', page]), { code: 0, stdout: '' })
  t.match(readFileSync(page, 'utf8'), /^<!doctype html>[\s\S]*www\.box\.com/i)
})

void t.test('filters', async (t) => {
  const path = join(t.testdir(), 'nsdebuglog.log')
  const { text } = generatedLog(PROFILES['windows-r114'], SCENARIOS.get('normal-day')!, {
    amount: { lines: 12_000 },
    truth: false,
  })
  writeFileSync(path, text)
  const rows = async (...args: string[]) => {
    const { flows } = (await json([path, ...args])) as unknown as { flows: { rows: Record<string, string>[] } }
    return flows.rows
  }
  const all = await rows()
  t.ok((await rows('--process', 'CHROME')).every(({ process }) => process === 'chrome.exe'))
  t.ok((await rows('--host', 'office.com')).every(({ host }) => host?.includes('office.com')))
  const bypassed = await rows('--verdict', 'bypassed')
  t.ok(bypassed.length > 0 && bypassed.length < all.length)
  t.ok(bypassed.every(({ verdict }) => /exception|private|pinned-direct/.test(verdict ?? '')))
  const late = await rows('--since', '2026-11-02T12:00')
  t.ok(late.length > 0 && late.every(({ first }) => (first ?? '') >= '2026-11-02T12:00'))
})

void t.test('--follow says what comes, and the report in the end', async (t) => {
  const path = join(t.testdir({ 'nsdebuglog.log': golden }), 'nsdebuglog.log')
  const running = start([path, '--follow'])
  // The line is new only once the file is followed: until it is told, it is written again.
  const again = setInterval(() => appendFileSync(path, `${golden.split('\n')[29]}\n`), 100)
  await running.untilSaid('blocked-pinned  chrome.exe -> clientservices.googleapis.com')
  clearInterval(again)
  running.child.kill('SIGINT')
  const { code, stdout } = await running.ended
  t.equal(code, 0)
  t.match(stdout, /\n\nLog\n/)
})

void t.test('a report does not take the place of its log, and text is no log', async (t) => {
  const directory = t.testdir({ 'nsdebuglog.log': golden, 'notes.txt': 'milk\nbread\n' })
  const path = join(directory, 'nsdebuglog.log')
  t.match(await report([path, '--out', path]), { code: 2, stderr: /--out .* is one of the logs/ })
  t.match(await report([directory, '--html', '--out', path]), { code: 2 })
  t.equal(readFileSync(path, 'utf8'), golden, 'the log is as it was')
  t.match(await report([join(directory, 'notes.txt')]), {
    code: 2,
    stdout: '',
    stderr: /no line of .*notes\.txt is one/,
  })
  const wide = join(directory, 'wide.log')
  writeFileSync(wide, Buffer.from(`\ufeff${golden}`, 'utf16le'))
  t.match(await json([wide]), { lines: { records: 38 } }, 'UTF-16 of PowerShell')
})

void t.test("a user's mistake is one sentence and exit code 2", async (t) => {
  const directory = t.testdir({ empty: {}, 'broken.zip': 'PK\u0003\u0004 nothing' })
  const cases: [args: string[], sentence: RegExp][] = [
    [[], /a file, a directory|PATH|which/i],
    [[join(directory, 'missing.log')], /missing\.log/],
    [[join(directory, 'empty')], /empty/],
    [[join(directory, 'broken.zip')], /broken\.zip/],
    [[directory, '--verdict', 'maybe'], /--verdict maybe is none; there are tunneled, bypassed, blocked/],
    [[directory, '--since', 'noon'], /--since noon is no time/],
    [[directory, '--top', '0'], /--top is a whole number/],
    [[directory, '--json', '--csv'], /mutually exclusive/],
    [['-', '--follow'], /--follow is for one file/],
  ]
  for (const [args, sentence] of cases) {
    const { code, stdout, stderr } = await report(args, '')
    t.match({ code, stdout }, { code: 2, stdout: '' }, args.join(' '))
    t.match(stderr, sentence)
    t.equal(stderr.trim().split('\n').length, 1, stderr)
  }
})
