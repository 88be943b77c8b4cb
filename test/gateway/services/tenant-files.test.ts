/** Which files may be published. */

import t from 'tap'
import { MAX_DOWNLOAD_BYTES } from '../../../agent/config/download/endpoints.js'
import {
  areSame,
  isWhole,
  problemsOf,
  TENANT_FILE_NAMES,
  type TenantFiles,
} from '../../../gateway/services/tenant-files.js'
import { tenantTexts } from '../../support/addon.js'

/** Overlapping domains as in the reference. */
const OVERLAP = '{"overlappingDomainList":{"1":["a.tld","b.tld"]},"status":"OK"}'

/** Valid, and as many bytes long. */
function exceptionsOf(bytes: number): string {
  const text = '{"names":["ü.example"],"ips":[]}'
  return text + ' '.repeat(bytes - Buffer.byteLength(text))
}

const without = (name: keyof TenantFiles) => {
  const { [name]: _, ...rest } = tenantTexts()
  return rest
}

const GOOD: ReadonlyArray<readonly [why: string, files: TenantFiles]> = [
  ['the default files', tenantTexts()],
  ['no pinned apps', without('nsbypass.json')],
  ['overlapping domains', tenantTexts({ 'nsoverlap.json': OVERLAP })],
  ['exactly 1 MB', tenantTexts({ 'nsexception.json': exceptionsOf(MAX_DOWNLOAD_BYTES) })],
]

const BAD: ReadonlyArray<readonly [why: string, files: TenantFiles, problem: RegExp]> = [
  ['no steering', without('nssteering.json'), /^nssteering\.json: is missing/],
  ['no JSON', tenantTexts({ 'nsconfig.json': '{' }), /^nsconfig\.json:1:2: not JSON/],
  ['a wrong value', tenantTexts({ 'nssteering.json': '{"traffic_mode":7}' }), /^nssteering\.json:1: \$\.traffic_mode/],
  ['overlapping domains of another shape', tenantTexts({ 'nsoverlap.json': '{"1":[]}' }), /^nsoverlap\.json:1: \$/],
  ['a list of numbers', tenantTexts({ 'nsoverlap.json': '{"overlappingDomainList":{"1":[7]}}' }), /\["1"\]\[0\]/],
  [
    'a byte over 1 MB',
    tenantTexts({ 'nsexception.json': exceptionsOf(MAX_DOWNLOAD_BYTES + 1) }),
    /^nsexception\.json: has more than 1048576 bytes/,
  ],
]

void t.test('what may be published, and what may not', (t) => {
  for (const [why, files] of GOOD) t.strictSame(problemsOf(files), [], why)
  for (const [why, files, problem] of BAD) {
    const problems = problemsOf(files)
    t.equal(problems.length, 1, why)
    t.match(problems[0], problem, why)
  }
  t.equal(problemsOf({}).length, 3, 'without files, each mandatory one is a problem')
  t.end()
})

void t.test('sameness and wholeness go by every file', (t) => {
  const files = tenantTexts({ 'nsoverlap.json': OVERLAP })
  t.ok(areSame(files, { ...files }))
  for (const name of TENANT_FILE_NAMES) {
    t.notOk(areSame(files, { ...files, [name]: `${files[name]} ` }), `${name} has changed`)
    const { [name]: _, ...less } = files
    t.notOk(areSame(files, less), `${name} is gone`)
    t.equal(isWhole(less), name === 'nsbypass.json' || name === 'nsoverlap.json', `without ${name}`)
  }
  t.end()
})
