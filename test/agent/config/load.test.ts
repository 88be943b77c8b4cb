import { mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { compilePolicy } from '../../../agent/config/compile/compile-policy.js'

import { FILE_NAMES, type FileName } from '../../../agent/config/configuration.js'
import { loadConfiguration } from '../../../agent/config/load.js'
import { SteerError } from '../../../agent/errors.js'
import { decide } from '../../../agent/steering/decide.js'
import { ORDINARY_SITUATION } from '../../../agent/steering/flow.js'
import { defaultTexts, writeTexts } from '../../support/config-files.js'
import { fullTexts } from '../../support/full-files.js'
import { flowOf } from '../../support/policies.js'

/** The lines of the refusal, without the first, which names the directory. */
async function problemsIn(directory: string): Promise<readonly string[]> {
  try {
    await loadConfiguration(directory)
    return []
  } catch (error) {
    if (!(error instanceof SteerError)) throw error
    const [first, ...problems] = error.message.split('\n')
    t.equal(first, `The configuration in ${directory} cannot be used:`)
    t.match(error, { code: 'config-invalid', exitCode: 2 })
    return problems
  }
}

void t.test('a good directory loads', async (t) => {
  const directory = t.testdir(defaultTexts())
  const configuration = await loadConfiguration(directory)
  t.match(configuration, {
    branding: { OrgName: 'Lab', UserEmail: 'user@lab.example' },
    client: { nsgw: { host: 'gateway-lab.goskope.com', port: 443 }, checkSNI: 'false', protocol: 'tls' },
    steering: { traffic_mode: 'all' },
    exceptions: { ips: [{ type: 'local' }] },
  })
  t.ok(configuration.exceptions.names.includes('*.zoom.us'))
  t.ok(configuration.pinned.certPinnedAppList.length > 10)
})

const MAY_BE_MISSING: readonly string[] = ['nsbypass.json', 'nsoverlap.json', 'steerlab.json']

void t.test('which files may be missing', async (t) => {
  for (const file of FILE_NAMES) {
    const directory = join(t.testdir(), file)
    await writeTexts(directory, { ...defaultTexts(), [file]: undefined })
    const expected = MAY_BE_MISSING.includes(file) ? [] : [`${file}: is missing, and must be there`]
    t.strictSame(await problemsIn(directory), expected, file)
    if (file === 'nsbypass.json') t.strictSame((await loadConfiguration(directory)).pinned, { certPinnedAppList: [] })
  }
})

void t.test('the problems of all files come in one message, a line each', async (t) => {
  const directory = t.testdir({
    ...defaultTexts(),
    'nssteering.json': '{',
    'nsexception.json': '{"names": [1],\n"ips": 2}',
  })
  await rm(join(directory, 'nsconfig.json'))
  t.strictSame(await problemsIn(directory), [
    'nsconfig.json: is missing, and must be there',
    'nssteering.json:1:2: not JSON: found the end of the file, expected a key in double quotes',
    'nsexception.json:1: $.names[0]: found 1, allowed is a host name such as zoom.us, or *.zoom.us for all below it',
    'nsexception.json:2: $.ips: found 2, allowed is a list of {"type", "value"} objects',
  ])
})

void t.test('a directory in the place of a file is told, not thrown', async (t) => {
  const directory = t.testdir(defaultTexts())
  await rm(join(directory, 'nsbypass.json'))
  await mkdir(join(directory, 'nsbypass.json'))
  t.strictSame(await problemsIn(directory), ['nsbypass.json: cannot be read (EISDIR)'])
})

void t.test('a directory that is not there misses its files', async (t) => {
  t.equal((await problemsIn(join(t.testdir(), 'nowhere'))).length, 4)
})

void t.test('a byte order mark does not matter', async (t) => {
  const directory = t.testdir({ ...defaultTexts(), 'nssteering.json': '\ufeff{"traffic_mode": "web"}' })
  t.equal((await loadConfiguration(directory)).steering.traffic_mode, 'web')
})

void t.test('10,000 mutated files load and decide, or are refused with located problems', async (t) => {
  const originals = fullTexts()
  const char = fc.constantFrom(
    '',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '0',
    '-',
    '*',
    '.',
    ' ',
    '\u0000',
    'é',
    '\ud800',
  )
  const scribble = fc.tuple(fc.nat(), char, fc.nat(3)).map(([at, insert, cut]) => (text: string) => {
    const start = at % text.length
    return text.slice(0, start) + insert + text.slice(start + cut)
  })
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('*', '*.x.com', '10.0.0.0/8', '(', 2, 443, 'true', 'all', 'bypass', 3, 1, 0),
  )
  const replaced = fc.tuple(fc.nat(), value).map(
    ([at, json]) =>
      (text: string) =>
        replaceValue(text, at, json),
  )
  const file = fc.constantFrom(...FILE_NAMES)
  let loaded = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(file, fc.oneof(scribble, replaced), async (name: FileName, mutate) => {
      const texts = { ...originals, [name]: mutate(originals[name]) }
      const read = async (path: string) => texts[basename(path) as FileName]
      try {
        const policy = compilePolicy(await loadConfiguration('home', read))
        decide(flowOf(), policy, ORDINARY_SITUATION)
        loaded++
      } catch (error) {
        refused++
        if (!(error instanceof SteerError) || error.code !== 'config-invalid' || error.exitCode !== 2) throw error
        const problems = error.message.split('\n').slice(1)
        return problems.length > 0 && problems.every((line) => line.startsWith(`${name}:`))
      }
      return true
    }),
    { numRuns: 10_000 },
  )
  t.ok(loaded > 1000 && refused > 1000, `${loaded} loaded, ${refused} refused`)
})

/** The text with one of its values (the one `at` counts to) replaced. */
function replaceValue(text: string, at: number, json: unknown): string {
  let count = 0
  const total = text.split('": ').length
  return JSON.stringify(
    JSON.parse(text, (_, old) => {
      count++
      return count % total === at % total ? json : old
    }),
  )
}
