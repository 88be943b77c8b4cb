/** What the manifest's pods do, done here: the command of the YAML in a shell, once for each index. */

import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { runGenerate } from '../../support/generate-command.js'
import { lacking, SEARCH_PATH } from '../../support/needs.js'
import { CLI, environment } from '../../support/steerlab.js'

const MANIFEST = readFileSync(
  new URL('../../../../scripts/integrations/kubernetes/generate-job.yaml', import.meta.url),
  'utf8',
)

/** The container's command: words of a list, the last a block of lines. */
function commandOf(manifest: string): readonly string[] {
  const [, indent = '', list = ''] = /^( *)command:\n((?:\1 +.*\n)+)/m.exec(manifest) ?? []
  const [words = '', block = ''] = list.split(`${indent}  - |\n`)
  const plain = [...words.matchAll(/^ *- (.*)$/gm)].map(([, word = '']) => word)
  return [...plain, block.replaceAll(`${indent}    `, '')]
}

/** A value of the container's environment. */
function setting(name: string): string {
  return new RegExp(`- name: ${name}\\n *value: "?([^"\\n]*)`).exec(MANIFEST)?.[1] ?? ''
}

void t.test('the manifest is what a Job of parts must be', async (t) => {
  t.match(MANIFEST, /^kind: Job$/m)
  t.match(MANIFEST, /^ {2}completionMode: Indexed$/m)
  t.match(MANIFEST, new RegExp(`^ {2}completions: ${setting('SHARDS')}$`, 'm'), 'as many parts as it says')
  t.match(setting('AMOUNT'), /^--lines \d+$/)
  t.strictSame(commandOf(MANIFEST).slice(0, 2), ['sh', '-euc'])
})

void t.test('its parts joined are the whole run', { skip: lacking('sh') }, async (t) => {
  const out = t.testdir({ bin: {} })
  const steerlab = join(out, 'bin', 'steerlab')
  writeFileSync(steerlab, `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`)
  chmodSync(steerlab, 0o755)
  const [file = '', ...args] = commandOf(MANIFEST)
  const amount = ['--lines', '50000']
  const shards = 3
  for (let index = 0; index < shards; index++) {
    const env = {
      ...environment(''),
      PATH: `${join(out, 'bin')}:${SEARCH_PATH}`,
      JOB_COMPLETION_INDEX: String(index),
      SHARDS: String(shards),
      AMOUNT: amount.join(' '),
      OUT: out,
    }
    t.match(spawnSync(file, args, { env, encoding: 'utf8' }), { status: 0, stderr: '' }, `part ${index}`)
  }
  const parts = readdirSync(out).filter((name) => name !== 'bin')
  t.strictSame(parts.sort(), ['shard-00000.log.gz', 'shard-00001.log.gz', 'shard-00002.log.gz'])
  const joined = gunzipSync(Buffer.concat(parts.map((name) => readFileSync(join(out, name)))))
  const whole = await runGenerate([...amount, '--seed', '1'])
  t.ok(joined.toString('latin1') === whole.stdout)
})

void t.test('a part that fails has no name', { skip: lacking('sh') }, async (t) => {
  const out = t.testdir({ bin: { steerlab: '#!/bin/sh\necho half; exit 1\n' } })
  chmodSync(join(out, 'bin', 'steerlab'), 0o755)
  const [file = '', ...args] = commandOf(MANIFEST)
  const env = { ...environment(''), PATH: `${join(out, 'bin')}:${SEARCH_PATH}`, SHARDS: '1', AMOUNT: '', OUT: out }
  const { status } = spawnSync(file, args, { env: { ...env, JOB_COMPLETION_INDEX: '0' } })
  t.not(status, 0)
  t.strictSame(readdirSync(out).sort(), ['bin', 'shard-00000.log.gz.part'])
})
