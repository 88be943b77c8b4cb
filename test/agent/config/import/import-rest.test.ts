import fc from 'fast-check'
import t from 'tap'
import { checkFile, formatPath } from '../../../../agent/config/check.js'
import { compilePolicy } from '../../../../agent/config/compile/compile-policy.js'
import { configurationOf, type FileName } from '../../../../agent/config/configuration.js'
import { defaultFiles } from '../../../../agent/config/default-files.js'
import { IDLE_KEYS, importRest, isRestDocument } from '../../../../agent/config/import/import-rest.js'
import type { Imported } from '../../../../agent/config/import/imported.js'
import { SteerError } from '../../../../agent/errors.js'
import { decide } from '../../../../agent/steering/decide.js'
import { ORDINARY_SITUATION, type Situation } from '../../../../agent/steering/flow.js'
import { type FlowWords, flowOf } from '../../../support/policies.js'
import { LOCATED_CONFIG, restAnswer, WEB_CONFIG } from '../../../support/rest-document.js'

/** The imported files as the loader has them, with those of a new home. */
function configuration({ files }: Imported) {
  const defaults = defaultFiles({ tenant: 'lab', user: 'user@lab.example', org: 'Lab' })
  const values = Object.entries({ ...defaults, ...files }).map(([file, content]) => {
    const checked = checkFile(file as FileName, JSON.stringify(content))
    if ('problems' in checked) throw new Error(checked.problems.join('\n'))
    return [file, checked.value]
  })
  return configurationOf(Object.fromEntries(values))
}

const DECISIONS: ReadonlyArray<
  readonly [sentence: string, flow: FlowWords, on: Situation['location'], verdict: string]
> = [
  ['a cloud app is steered on premises', { host: 'www.adrenalin.com' }, 'on-prem', 'tunnel'],
  ['what is no cloud app is not', { host: 'news.example' }, 'on-prem', 'bypass not-steered'],
  ['nor is one that is disabled', { host: 'gone.example' }, 'on-prem', 'bypass not-steered'],
  ['all web is steered off premises', { host: 'news.example' }, 'off-prem', 'tunnel'],
  ['but for the exceptions of that half', { host: 'webex.com' }, 'off-prem', 'bypass exception-host'],
  ['which are not those of the other', { host: 'apple.com' }, 'off-prem', 'tunnel'],
  [
    'a pinned app is bypassed',
    { host: 'drive.amazon.com', process: 'AmazonCloudDrive.exe' },
    'off-prem',
    'bypass pinned',
  ],
]

void t.test('the documented sample decides as it says', async (t) => {
  const policy = compilePolicy(configuration(importRest(restAnswer(LOCATED_CONFIG), {})))
  for (const [sentence, flow, location, wanted] of DECISIONS) {
    const verdict = decide(flowOf({ sniffed: 'tls', ...flow }), policy, { ...ORDINARY_SITUATION, location })
    if (verdict === 'need-more') throw new Error(sentence)
    t.equal(verdict.action === 'tunnel' ? 'tunnel' : `${verdict.action} ${verdict.kind}`, wanted, sentence)
  }
})

void t.test('a configuration for everywhere, and one for each location', async (t) => {
  const everywhere = importRest(restAnswer(WEB_CONFIG), {}).files
  t.match(everywhere['nssteering.json'], { traffic_mode: 'web', dynamic_steering: 0, private_apps_enabled: 1 })
  t.match(everywhere['nsexception.json'], {
    names: ['apple.com', '*.corp.example'],
    steering_config_name: 'web for all',
  })
  const located = importRest(restAnswer(WEB_CONFIG, LOCATED_CONFIG), { name: 'location based steering' }).files
  t.match(located['nssteering.json'], {
    dynamic_steering: 1,
    on_prem: { traffic_mode: 'cloud-apps', domains: ['adrenalin.com', 'adrenalin.example'] },
    off_prem: { traffic_mode: 'web', domains: [] },
  })
  t.match(located['nsexception.json'], {
    names: [],
    on_prem: { names: ['apple.com'] },
    off_prem: { names: ['webex.com'] },
  })
  t.match(located['nsbypass.json'], { certPinnedAppList: [], on_prem: { certPinnedAppList: [{ os: ['windows'] }] } })
})

/** Every text, number and switch of a value, with its path. */
function leaves(
  value: unknown,
  path: readonly (string | number)[] = [],
): [path: string, value: unknown, keys: typeof path][] {
  if (value === null) return []
  if (typeof value !== 'object') return [[formatPath(path), value, path]]
  return Object.entries(value).flatMap(([key, member]) =>
    leaves(member, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

void t.test('each leaf of the documented shapes is imported, listed, or one of those that mean nothing', async (t) => {
  for (const document of [restAnswer(WEB_CONFIG), restAnswer(LOCATED_CONFIG), restAnswer(LOCATED_CONFIG, WEB_CONFIG)]) {
    const before = importRest(document, {})
    const listed = before.notes.map(({ path }) => path)
    for (const [path, value, keys] of leaves(document)) {
      if (keys.some((key) => IDLE_KEYS.has(String(key))) || listed.some((place) => isWithin(path, place))) continue
      // Whatever is neither must make a difference when it is another value.
      const changed = importRest(withLeaf(document, keys, otherThan(value)), {})
      const differs = JSON.stringify(changed) !== JSON.stringify(before)
      t.ok(differs || SAME_BY_DEFAULT.test(path), `${path} = ${value}`)
    }
  }
})

/** The order of one, names said twice, a switch the halves say too, and how a system without processes is treated. */
const SAME_BY_DEFAULT = /\.(app_name|priority|location_based_steering)$|\.ios\.(action|enabled)$/

function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`)
}

function otherThan(value: unknown): unknown {
  return typeof value === 'boolean' ? !value : `x${value}.example`
}

function withLeaf(value: unknown, [key, ...rest]: readonly (string | number)[], leaf: unknown): unknown {
  if (key === undefined) return leaf
  const copy = structuredClone(value) as Record<string | number, unknown>
  copy[key] = withLeaf(copy[key], rest, leaf)
  return copy
}

void t.test('a key nobody knows is listed, wherever it stands', async (t) => {
  const document = structuredClone(restAnswer(LOCATED_CONFIG)) as ReturnType<typeof restAnswer>
  const known = importRest(document, {}).notes.length
  const visit = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 0
    const below = Object.values(value).reduce((sum: number, member) => sum + visit(member), 0)
    if (Array.isArray(value)) return below
    Object.assign(value, { some_news: 'x' })
    return below + 1
  }
  const added = visit(document)
  const listed = importRest(document, {}).notes
  const inListed = listed.filter(({ path }) => path.endsWith('.some_news')).length
  t.ok(inListed > 10)
  t.equal(listed.length, known + inListed)
  // The others stand in what is listed as a whole: two android blocks and a disabled app.
  t.equal(added - inListed, 3)
})

void t.test("whatever the values, the files are good or the fault is the user's", async () => {
  const keys = [
    'steering_config',
    'exceptions',
    'on_prem',
    'data',
    'domains',
    'cert_pinned_apps',
    'windows',
    'processes',
  ]
  const words = ['web', 'a.example', '10.0.0.0/8', 'Local IP address range', 'Germany', '1', 'true', '*', '\u0000', '-']
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom<unknown>(...words, true, false, null, 0, 1, 2 ** 60),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys, ...Object.keys(WEB_CONFIG.exceptions)), tie('json'), { maxKeys: 4 }),
    ),
  }))
  const paths = leaves(restAnswer(WEB_CONFIG, LOCATED_CONFIG)).map(([, , keys]) => keys)
  const mutated = fc
    .tuple(fc.constantFrom(...paths), fc.nat({ max: 6 }), json)
    .map(([keys, cut, value]) =>
      withLeaf(restAnswer(WEB_CONFIG, LOCATED_CONFIG), keys.slice(0, Math.max(1, keys.length - cut)), value),
    )
  const property = fc.property(fc.oneof(json, mutated), (document) => {
    try {
      configuration(importRest(document, {}))
      return isRestDocument(document)
    } catch (error) {
      return error instanceof SteerError && error.exitCode === 2 && !isRestDocument(document)
    }
  })
  fc.assert(property, { numRuns: 3000 })
})
