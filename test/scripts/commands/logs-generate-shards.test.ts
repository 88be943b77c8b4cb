/** Shards joined are the whole run. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { PROFILES } from '../../../agent/log/profiles.js'
import { US_PER_DAY } from '../../../agent/synth/calendar.js'
import { NORMAL_DAY } from '../../../agent/synth/scenarios.js'
import type { Shard } from '../../../agent/synth/units.js'
import { runGenerate } from '../../support/generate-command.js'
import { generatedLog } from '../../support/generated-log.js'

async function joined(args: readonly string[], shards: number): Promise<readonly string[]> {
  const parts = Array.from({ length: shards }, (_, i) => runGenerate([...args, '--shard', `${i + 1}/${shards}`]))
  return (await Promise.all(parts)).map(({ stdout }) => stdout)
}

for (const [amount, much, endpoints] of [
  ['--lines', '60000', '5'],
  ['--size', '14M', '1'],
] as const)
  void t.test(`${amount} ${much} of ${endpoints} endpoints`, async (t) => {
    const args = [amount, much, '--endpoints', endpoints, '--start', '2026-11-04T10:00']
    const whole = (await runGenerate(args)).stdout
    const parts = await joined(args, 3)
    t.ok(parts.join('') === whole, `${whole.length} bytes`)
    t.ok(parts.every((part) => part.length > 0 && part.length < whole.length))
    if (amount === '--lines') t.equal(whole.split('\n').length, 60_001)
    if (amount === '--size') t.ok(Math.abs(whole.length / (14 * 1024 ** 2) - 1) < 0.1)
  })

void t.test('any amount, any number of endpoints and shards', async (t) => {
  for (const amount of [{ lines: 9000 }, { bytes: 2_000_000 }, { duration: 3 * US_PER_DAY }])
    for (const [endpoints, count] of [
      [1, 4],
      [3, 2],
    ] as const) {
      const wanted = { amount, endpoints, truth: false }
      const logOf = (shard: Shard) => generatedLog(PROFILES['linux-r140'], NORMAL_DAY, { ...wanted, shard }).text
      const parts = Array.from({ length: count }, (_, index) => logOf({ index, count }))
      const what = `${JSON.stringify(amount)}, ${endpoints} endpoints, ${count} shards`
      t.ok(parts.join('') === logOf({ index: 0, count: 1 }), what)
    }
})

void t.test('packed', async (t) => {
  const args = ['--lines', '30000', '--scenario', 'corrupt']
  const parts = await joined([...args, '--gzip'], 3)
  const { stdout } = await runGenerate(args)
  t.ok(gunzipSync(Buffer.from(parts.join(''), 'latin1')).toString('latin1') === stdout)
})

void t.test('more shards than days leave some of them empty, and are the whole still', async (t) => {
  const args = ['--duration', '2d']
  const parts = await joined(args, 5)
  t.ok(parts.includes(''))
  t.ok(parts.join('') === (await runGenerate(args)).stdout)
})

void t.test('into one directory, each its own endpoints, with truth that can be joined', async (t) => {
  const out = t.testdir()
  const args = ['--lines', '6000', '--endpoints', '5']
  const into = (name: string, more: readonly string[] = []) =>
    runGenerate([...args, ...more, '--out', join(out, name.slice(0, 5)), '--truth', join(out, `${name}.jsonl`)])
  await Promise.all([into('whole'), into('parts1', ['--shard', '1/2']), into('parts2', ['--shard', '2/2'])])
  const folders = readdirSync(join(out, 'whole'))
  t.equal(folders.length, 5)
  t.strictSame(readdirSync(join(out, 'parts')), folders)
  for (const folder of folders) {
    const [whole, part] = ['whole', 'parts'].map((name) => readFileSync(join(out, name, folder, 'nsdebuglog.log')))
    t.ok(whole!.equals(part!), folder)
  }
  const truth = (name: string) => readFileSync(join(out, `${name}.jsonl`), 'utf8')
  t.ok(truth('parts1') + truth('parts2') === truth('whole'))
})
