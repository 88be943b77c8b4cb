import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { FileName } from '../../../agent/config/configuration.js'
import { type InForce, LiveConfiguration } from '../../../agent/config/live-configuration.js'
import { loadSet } from '../../../agent/config/load.js'
import { decide } from '../../../agent/steering/decide.js'
import { defaultTexts, writeTexts } from '../../support/config-files.js'
import { flowOf } from '../../support/policies.js'
import { waitUntil } from '../../support/wait-until.js'

const NOW = Date.UTC(2026, 10, 23)

interface Live {
  readonly directory: string
  readonly live: LiveConfiguration
  readonly changes: InForce[]
  readonly warnings: string[]
  write(file: FileName, text: string): void
  read(file: FileName): unknown
  /** The verdict on a flow to a host, in short. */
  verdict(host: string): string
}

/** A directory with the default files, watched. */
async function liveOf(t: Test, texts: Readonly<Partial<Record<FileName, string>>> = {}): Promise<Live> {
  // Not a fixture of tap: those are removed while the watch still runs.
  const directory = mkdtempSync(join(tmpdir(), 'steerlab-live-'))
  await writeTexts(directory, { ...defaultTexts(), ...texts })
  const changes: InForce[] = []
  const warnings: string[] = []
  const live = new LiveConfiguration({
    loaded: await loadSet(directory),
    now: () => NOW,
    changed: (now) => changes.push(now),
    warn: (line) => warnings.push(line),
  })
  t.teardown(async () => {
    await live.close()
    rmSync(directory, { recursive: true })
  })
  return {
    directory,
    live,
    changes,
    warnings,
    write: (file, text) => writeFileSync(join(directory, file), text),
    read: (file) => JSON.parse(readFileSync(join(directory, file), 'utf8')),
    verdict: (host) => {
      const found = decide(flowOf({ host }), live.current.policy, live.current.situation)
      return typeof found === 'string' ? found : `${found.action} ${found.rule.path}`
    },
  }
}

const exceptions = (...names: string[]): string => JSON.stringify({ names, ips: [] })

void t.test('an edit that is seen is in force', async (t) => {
  const { live, changes, write, verdict } = await liveOf(t)
  live.watch()
  t.equal(verdict('box.com'), 'tunnel $.traffic_mode')
  write('nsexception.json', exceptions('box.com'))
  await waitUntil(() => changes.length === 1)
  t.equal(verdict('box.com'), 'bypass $.names[0]')
  t.match(live.status, { version: 2, since: new Date(NOW).toISOString(), refused: null })
  write('steerlab.json', '{"readings": {"exceptions": "text-suffix"}, "endpoint": {"managed": true}}')
  await waitUntil(() => changes.length === 2)
  t.equal(verdict('www.box.com'), 'bypass $.names[0]', 'a file that was not there before')
  t.equal(live.current.situation.device, 'managed')
})

void t.test('what was edited before the watch began is found', async (t) => {
  const { live, changes, write } = await liveOf(t)
  write('nsexception.json', exceptions('box.com'))
  live.watch()
  await waitUntil(() => changes.length === 1)
  t.equal(live.status.version, 2)
})

void t.test('files that say what they said are no new version', async (t) => {
  const { live, changes, write } = await liveOf(t)
  write('nsexception.json', defaultTexts()['nsexception.json'])
  await live.refresh()
  t.strictSame([changes.length, live.status.version], [0, 1])
})

void t.test('a bad edit is refused, said once, and forgotten once it is mended', async (t) => {
  const { live, changes, warnings, write, verdict } = await liveOf(t)
  write('nsexception.json', exceptions('box.com', 'https://box.com'))
  await live.refresh()
  await live.refresh()
  t.strictSame([changes.length, live.status.version, verdict('box.com')], [0, 1, 'tunnel $.traffic_mode'])
  t.match(live.status.refused, {
    at: new Date(NOW).toISOString(),
    problems: [/^nsexception\.json:1: \$\.names\[1\]: /],
  })
  t.equal(warnings.length, 1, 'one warning')
  t.match(warnings[0], /is refused, the last good version stays in force:\nnsexception\.json:1: /)
  write('nsexception.json', exceptions('box.com'))
  await live.refresh()
  t.strictSame([live.status.refused, verdict('box.com')], [null, 'bypass $.names[0]'])
})

void t.test('keys that mean nothing here are told once', async (t) => {
  const { live, warnings, write } = await liveOf(t, { 'nsbypass.json': '{"certPinnedAppList": [], "brandNew": 1}' })
  write('nsexception.json', exceptions('box.com'))
  await live.refresh()
  t.strictSame(warnings, ['steerlab: nsbypass.json: a key that means nothing here and is kept: $.brandNew'])
})

void t.test('files are replaced together, or not at all', async (t) => {
  const { live, changes, read, verdict } = await liveOf(t)
  const steering = '{"traffic_mode": "web"}'
  t.match(await live.replace({ 'nssteering.json': steering, 'nsexception.json': '{}' }), [/^nsexception\.json:1: /])
  t.strictSame([changes.length, verdict('box.com')], [0, 'tunnel $.traffic_mode'])
  t.match(read('nssteering.json'), { traffic_mode: 'all' }, 'nothing was written')
  t.strictSame(await live.replace({ 'nssteering.json': steering, 'nsexception.json': exceptions('box.com') }), [])
  t.strictSame([changes.length, verdict('box.com')], [1, 'bypass $.names[0]'])
  t.strictSame(read('nssteering.json'), { traffic_mode: 'web' })
  await live.refresh()
  t.equal(changes.length, 1, 'what it wrote itself is no change')
})

void t.test('a fault of ours changes nothing, and later edits count', async (t) => {
  const { live, changes, write, verdict, warnings } = await liveOf(t)
  write('nsoverlap.json', '{"overlappingDomainList": {"__proto__": 5}}')
  await live.refresh()
  t.match(live.status.refused, { problems: [/__proto__/] })
  t.equal(warnings.length, 1)
  write('nsoverlap.json', '{"overlappingDomainList": {}}')
  write('nsexception.json', exceptions('box.com'))
  await live.refresh()
  t.strictSame([changes.length, live.status.refused, verdict('box.com')], [1, null, 'bypass $.names[0]'])
})

void t.test('a pipe among the files is refused, not waited for', async (t) => {
  const { live, directory } = await liveOf(t)
  execFileSync('mkfifo', [join(directory, 'nsoverlap.json')])
  await live.refresh()
  t.match(live.status.refused, { problems: ['nsoverlap.json: cannot be read (not a file)'] })
})

void t.test('nothing changes once it is closed', async (t) => {
  const { live, changes, write } = await liveOf(t)
  live.watch()
  write('nsexception.json', exceptions('box.com'))
  const refreshed = live.refresh()
  await live.close()
  await refreshed
  t.strictSame(changes, [])
})

void t.test('50,000 domains and 10,000 addresses', async (t) => {
  const { live, write, verdict } = await liveOf(t)
  const names = Array.from({ length: 50_000 }, (_, i) => `*.domain${i}.example`)
  const ips = Array.from({ length: 10_000 }, (_, i) => ({ type: 'ip', value: `100.${i >> 8}.${i & 255}.0/24` }))
  write('nsexception.json', JSON.stringify({ names, ips }))
  await live.refresh()
  t.equal(verdict('www.domain49999.example'), 'bypass $.names[49999]')
})
