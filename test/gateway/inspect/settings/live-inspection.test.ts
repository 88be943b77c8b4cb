import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { GatewayEntry } from '../../../../gateway/gateway-log.js'
import type { Inspection, InspectionFile } from '../../../../gateway/inspect/settings/inspection.js'
import { LiveInspection } from '../../../../gateway/inspect/settings/live-inspection.js'
import { policyFacts } from '../../../support/gateway-policy.js'
import { waitUntil } from '../../../support/wait-until.js'

/** A directory whose files are followed. */
function followed(t: Test, texts: Readonly<Partial<Record<InspectionFile, string>>> = {}) {
  // Not a fixture of tap: those are removed while the watch still runs.
  const root = mkdtempSync(join(tmpdir(), 'steerlab-inspection-'))
  const directory = join(root, 'gateway')
  mkdirSync(directory)
  const write = (file: InspectionFile, text: string): void => writeFileSync(join(directory, file), text)
  for (const [file, text] of Object.entries(texts)) write(file as InspectionFile, text)
  const entries: GatewayEntry[] = []
  const warnings: string[] = []
  const changes: Inspection[] = []
  const live = new LiveInspection({
    directory,
    log: (entry) => entries.push(entry),
    warn: (line) => warnings.push(line),
    onChange: (now) => changes.push(now),
  })
  t.teardown(() => {
    live.close()
    rmSync(root, { recursive: true })
  })
  return {
    directory,
    live,
    entries,
    warnings,
    changes,
    write,
    /** What the policy says of an ordinary request. */
    action: () => live.current.policy.decide('upload', policyFacts()).action,
    events: () => entries.map(({ event, file }) => `${event} ${file}`),
  }
}

/**
 * Long enough that a file is read as it is half way, and less than what lies between two looks, ms. A process that is
 * held up is late with its looks too, and cannot come to the second before the test has gone on.
 */
const HALF_WAY_MS = 50

const BLOCK = '{"rules": [{"name": "x", "action": "block"}]}'
const ALERT = '{"rules": [{"name": "x", "action": "alert"}]}'
const BAD = '{"rules": [\n{"name": "x", "action": "deny"}]}'
const PROBLEM = 'policy.json:2: $.rules[0].action: found "deny", allowed is "allow", "block" or "alert"'

void t.test('files are in force from the beginning, and missing ones are no news', async (t) => {
  const { live, entries, changes, action } = followed(t, { 'policy.json': BLOCK })
  t.strictSame([action(), live.current.settings.inspect], ['block', true])
  t.strictSame(entries, [{ event: 'inspection-file-in-force', file: 'policy.json', defaults: false }])
  t.equal(changes.length, 0)
})

void t.test('an edit of any file is in force within half a second', async (t) => {
  const { live, write, action, changes, events } = followed(t)
  const before = live.current
  for (const [file, text, isInForce] of [
    ['policy.json', BLOCK, () => action() === 'block'],
    ['inspect.json', '{"inspect": false}', () => !live.current.settings.inspect],
    [
      'categories.json',
      '{"categories": {"A": ["a.example"]}}',
      () => live.current.categories.categoryOf('a.example') === 'A',
    ],
    [
      'inspect.json',
      '{"doNotDecrypt": {"categories": ["A"]}}',
      () => live.current.doNotDecrypt('a.example') === 'doNotDecrypt.categories A',
    ],
  ] as const) {
    const start = performance.now()
    write(file, text)
    await waitUntil(isInForce)
    const took = performance.now() - start
    t.ok(took < 500, `${file} after ${took} ms`)
  }
  t.equal(action(), 'block', 'what was not edited stays')
  t.equal(changes.at(-1), live.current)
  t.not(before, live.current)
  t.equal(events().length, 4)
})

void t.test('of a bad edit the last good version stays in force, until it is mended', async (t) => {
  const { live, write, action, entries, warnings, changes } = followed(t, { 'policy.json': BLOCK })
  const before = live.current
  write('policy.json', BAD)
  await waitUntil(() => entries.length === 2)
  t.strictSame(entries[1], { event: 'inspection-file-refused', file: 'policy.json', problems: PROBLEM })
  t.match(warnings, [/policy.json in .* is refused, what was in force before stays:\npolicy.json:2: /])
  t.strictSame([action(), changes.length], ['block', 0])
  t.equal(live.current, before)
  write('inspect.json', '{"inspect": false}')
  await waitUntil(() => changes.length === 1)
  t.strictSame([action(), live.current.settings.inspect], ['block', false], 'another file is taken up all the same')
  write('policy.json', ALERT)
  await waitUntil(() => action() === 'alert')
  t.strictSame(entries.at(-1), { event: 'inspection-file-in-force', file: 'policy.json', defaults: false })
  t.equal(warnings.length, 1)
})

void t.test('what is mended to what it was is in force again, and said so', async (t) => {
  const { write, events, entries, action } = followed(t, { 'policy.json': BLOCK })
  write('policy.json', BAD)
  await waitUntil(() => entries.length === 2)
  write('policy.json', BLOCK)
  await waitUntil(() => entries.length === 3)
  t.equal(events()[2], 'inspection-file-in-force policy.json')
  t.equal(action(), 'block')
})

void t.test('a file that is bad from the beginning leaves the defaults, once it is gone too', async (t) => {
  const { directory, live, entries, action } = followed(t, { 'policy.json': BAD, 'inspect.json': '{"inspect": false}' })
  t.strictSame([action(), live.current.settings.inspect], ['allow', false])
  t.match(entries, [{ event: 'inspection-file-in-force' }, { event: 'inspection-file-refused', problems: PROBLEM }])
  rmSync(join(directory, 'policy.json'))
  await waitUntil(() => entries.length === 3)
  t.strictSame(entries[2], { event: 'inspection-file-in-force', file: 'policy.json', defaults: true })
})

void t.test('a file that is removed leaves the defaults; one that is replaced never does', async (t) => {
  const { directory, write, action, events, changes, entries } = followed(t, { 'policy.json': BLOCK })
  const path = join(directory, 'policy.json')
  // As some editors save: away with the old one, then the new one.
  renameSync(path, `${path}~`)
  await wait(HALF_WAY_MS)
  write('policy.json', ALERT)
  await waitUntil(() => action() === 'alert')
  t.strictSame(events(), Array(2).fill('inspection-file-in-force policy.json'))
  t.ok(entries.every(({ defaults }) => defaults === false))
  rmSync(path)
  await waitUntil(() => action() === 'allow')
  t.strictSame(entries.at(-1), { event: 'inspection-file-in-force', file: 'policy.json', defaults: true })
  t.equal(changes.length, 2)
})

void t.test('a file that is written in pieces, or with what it said before, is no news', async (t) => {
  const { write, events, action, changes } = followed(t, { 'policy.json': BLOCK })
  write('policy.json', BLOCK)
  write('policy.json', '')
  await wait(HALF_WAY_MS)
  write('policy.json', BLOCK)
  write('inspect.json', '{"inspect": false}')
  await waitUntil(() => changes.length === 1)
  t.strictSame(events(), ['inspection-file-in-force policy.json', 'inspection-file-in-force inspect.json'])
  t.equal(action(), 'block')
})

void t.test('a directory that is not there may come', async (t) => {
  const { directory, live, write, action } = followed(t)
  live.close()
  rmSync(directory, { recursive: true })
  const late = new LiveInspection({ directory, log: () => {} })
  t.teardown(() => late.close())
  mkdirSync(directory)
  write('policy.json', BLOCK)
  await waitUntil(() => late.current.policy.decide('upload', policyFacts()).action === 'block')
  t.equal(action(), 'allow', 'the closed one hears nothing')
})
