/** The rules of the house, held by a test: who imports whom, what Pure means, how long a file may be, what has a test. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'

const ROOT = resolve(import.meta.dirname, '..', '..')
const FOLDERS = ['agent', 'gateway', 'certs', 'scripts', 'test'] as const

/** Longest file, in lines. */
const MAX_LINES = 300

interface SourceFile {
  /** Path from the root of the project. */
  readonly path: string
  readonly text: string
  /** Files of the project it imports, by path from the root. */
  readonly imports: readonly string[]
  /** Packages and built-in modules it imports, each with the names taken. */
  readonly modules: ReadonlyArray<{ readonly name: string; readonly taken: string; readonly typeOnly: boolean }>
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

function read(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const found = [
    ...text.matchAll(/^(?:import|export) (type )?([^'"]*?)\s*from '([^']+)'/gm),
    ...text.matchAll(/(?<=\b)import\(()()'([^']+)'\)/g),
  ].map(([, type, taken = '', name = '']) => ({ name, taken, typeOnly: type !== undefined && type !== '' }))
  const imports = found
    .filter(({ name }) => name.startsWith('.'))
    .map(({ name }) => relative(ROOT, resolve(ROOT, dirname(path), name)).replace(/\.js$/, '.ts'))
  return { path, text, imports, modules: found.filter(({ name }) => !name.startsWith('.')) }
}

const files = FOLDERS.flatMap(filesBelow).map(read)
const sources = files.filter(({ path }) => !path.startsWith('test/'))

/** What the gateway may take from the agent: the wire contract, the way out, relays, formats, DNS messages, the reading of hosts and hellos, and the error class. */
const CONTRACT = [
  /^agent\/errors\.ts$/,
  /^agent\/steering\/(address|client-hello|flow|match-domain)\.ts$/,
  /^agent\/relay\//,
  /^agent\/(log|config|outbound)\//,
  /^agent\/dns\/(message|wire|answer|bind-both|client-subnet|stream-framing|stream-service|upstream)\.ts$/,
  /^agent\/tunnel\/(frame|hello|keep-alive|mux|road|session|session-tls|stream|stream-duplex|stream-relay|speed-test-bytes|datagram-link)\.ts$/,
  /^agent\/tunnel\/(dtls|reliable)\//,
]

/** Who may import what of the project; a folder's own files are always allowed. */
const RULES: ReadonlyArray<{ readonly from: RegExp; readonly may: readonly RegExp[]; readonly why: string }> = [
  { from: /^agent\//, may: [/^agent\//, /^certs\//], why: 'the agent knows neither gateway nor scripts' },
  { from: /^gateway\//, may: [/^gateway\//, /^certs\//, ...CONTRACT], why: 'the gateway meets the contract only' },
  { from: /^certs\//, may: [/^certs\//, /^agent\/errors\.ts$/], why: 'certificates know nobody' },
  { from: /^scripts\//, may: [/^(agent|gateway|certs|scripts)\//], why: 'scripts join the parts, and know no test' },
]

void t.test('every import runs in an allowed direction', async (t) => {
  for (const { path, imports } of sources)
    for (const imported of imports) {
      const rule = RULES.find(({ from }) => from.test(path))
      t.ok(
        rule?.may.some((allowed) => allowed.test(imported)),
        `${path} imports ${imported}: ${rule?.why}`,
      )
    }
})

void t.test('only the wrapper imports http-proxy', async (t) => {
  const importers = sources.filter(({ modules }) => modules.some(({ name }) => name === 'http-proxy'))
  t.strictSame(
    importers.map(({ path }) => path),
    ['agent/outbound/http-forward/http-forward.ts'],
  )
})

void t.test('the six packages the project is made with are all at work', async (t) => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  for (const name of ['node-forge', 'http-proxy', 'dns2', 'socks', 'yargs']) {
    t.ok(dependencies[name], `${name} is a dependency`)
    t.ok(
      sources.some(({ modules }) => modules.some((module) => module.name === name)),
      `${name} is imported`,
    )
  }
  t.ok(devDependencies.tap, 'tap is a development dependency')
})

/** Modules that reach outside, but for a few names: the reading of addresses, and a table of words. */
const IMPURE =
  /^node:(tls|dgram|fs|fs\/promises|http|https|http2|child_process|dns|dns\/promises|timers|timers\/promises|os)$/
const PURE_NAMES = new Set(['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'SocketAddress', 'STATUS_CODES'])
const IMPURE_WORDS =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bset(Timeout|Interval|Immediate)\(|\bprocess\.(env|hrtime|cwd|platform)\b|\bperformance\.now\b|\brandomBytes\b/

void t.test('a Pure file touches no socket, file, clock, timer, randomness or environment', async (t) => {
  const pure = sources.filter(({ text }) => text.startsWith('// Pure:'))
  t.ok(pure.length > 40, `${pure.length} files say they are pure`)
  for (const { path, text, modules } of pure) {
    for (const { name, taken, typeOnly } of modules) {
      if (typeOnly) continue
      const names = taken
        .replace(/[{}]/g, '')
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '' && !part.startsWith('type ') && !PURE_NAMES.has(part))
      t.notOk(IMPURE.test(name) && names.length > 0, `${path} takes ${names} from ${name}`)
    }
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')
    t.notMatch(code, IMPURE_WORDS, `${path} is pure in its words too`)
  }
})

void t.test('every file says on top what it is, and is short enough to read', async (t) => {
  for (const { path, text } of files) {
    const lines = text.trimEnd().split('\n').length
    t.ok(lines <= MAX_LINES, `${path} has ${lines} lines`)
    if (path.startsWith('test/')) continue
    t.match(text, /^(#!.*\n)?(\/\/ Pure: \S|\/\*\*)/, `${path} begins with a comment that says what it is`)
  }
})

void t.test('the top level is what was agreed', async (t) => {
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => !['node_modules', 'build'].includes(name))
  t.strictSame(folders.sort(), [...FOLDERS].sort())
})

/** Sources with logic that are tested by another file than their mirror, each with the reason. */
const TESTED_ELSEWHERE: ReadonlyArray<readonly [path: RegExp, reason: string]> = [
  [/^scripts\/(bench|demo|commands)\//, 'run whole by test/e2e, or measured, not tested'],
  [/^scripts\/check\/check-(program|stack)\.ts$/, 'runs programs: test/e2e/check'],
  [/^scripts\/process\//, 'processes: test/e2e starts and kills them'],
  [/^scripts\/(cli|run-tests)\.ts$/, 'the command line: test/e2e'],
  [/^scripts\/lab\//, 'pages and parts of the lab: test/scripts/lab asks the origins'],
  [/^agent\/(agent|steer)\.ts$/, 'compositions: test/e2e'],
  [/^agent\/control\/protocol\.ts$/, 'through control-server'],
  [/^agent\/steering\/segments\.ts$/, 'through match-address'],
  [/^agent\/dns\/message\.ts$/, 'through answer and learn-answer'],
  [/^agent\/capture\/(namespace|capture-keeper|private-files|transparent)/, 'needs a namespace: test/e2e'],
  [/^agent\/capture\/(loopback-door|http-refusal|client-upstreams)\.ts$/, 'through the doors and the forwarder'],
  [
    /^agent\/tunnel\/(session|keep-alive|road|stream|frame-writer|frame-reader|hello)\.ts$/,
    'through stream-relay and mux over real TLS',
  ],
  [/^agent\/config\/schema\/|^agent\/config\/default/, 'through check, load and write-defaults'],
  [
    /^agent\/config\/compile\/(compile-(lists|pinned)|half-lists|web-categories)\.ts$/,
    'through compile-policy and the cases of decide',
  ],
  [/^agent\/steering\/steps\//, 'through the cases of decide'],
  [
    /^agent\/(dns\/bind-both|process\/(netlink|socket-table|ip-bytes|proc-tables))\.ts$/,
    'through dns-server and owner-finder',
  ],
  [
    /^certs\/(judge|lifetimes|keys|pkcs12|tenant-identity|tenant-set|x509-fields)\.ts$/,
    'through x509 and tenant-authority',
  ],
  [
    /^agent\/config\/download\/tenant-link\.ts$|^scripts\/config\/enrol-home\.ts$/,
    'agent, gateway and tenant together: test/e2e/tenant',
  ],
  [/^gateway\/(tunnel\/|gateway-log|services\/services)/, 'through gateway.ts on real sockets'],
  [
    /^gateway\/inspect\/(flow-story|inspect-tls|origins|own-tls|pass-unread)\.ts$/,
    'the story of a flow: inspect-flow over a real tunnel',
  ],
  [
    /^gateway\/inspect\/http1\/(client-connection|interim-answers|origin-line|own-answer|passage)\.ts$/,
    'parts of one connection: serve-http1 and serve-parsed on real sockets',
  ],
  [
    /^gateway\/inspect\/http1\/plain\/(answer-body|header-lines|listen-to|plain-exchange|plain-relay)\.ts$/,
    'through plain-request, plain-answer and serve-http1',
  ],
  [
    /^agent\/outbound\/http-forward\/(http-forward|upgrade-response)\.ts$/,
    'through the forwarder, the HTTP door and serve-http1',
  ],
  [/^gateway\/services\/other-tenant\.ts$/, 'the fault wrong-tenant: test/e2e/pop-faults'],
  [
    /^agent\/synth\/(damage|day-log|day-plan|flow-kinds|moments|truth|tunnel-life|world)\.ts$/,
    'through chunks, units and scenarios: what is generated, against its truth',
  ],
]

void t.test('what has logic has a test of the same name', async (t) => {
  for (const { path, text } of sources) {
    if (!/^export (async )?(function|class|const \w+ = \()/m.test(text)) continue
    const mirror = join('test', path.replace(/\.ts$/, '.test.ts'))
    const elsewhere = TESTED_ELSEWHERE.some(([pattern]) => pattern.test(path))
    const siblings = mirror.replace(/\.test\.ts$/, '')
    const split = files.some(({ path: other }) => other.startsWith(`${siblings}-`) && other.endsWith('.test.ts'))
    t.ok(elsewhere || split || existsSync(join(ROOT, mirror)), `${path} has ${mirror}`)
  }
})

void t.test('the paths the README names exist', async (t) => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const named = [...readme.matchAll(/`((?:agent|gateway|certs|scripts|test)\/[\w./-]*)`/g)].map(([, path = '']) => path)
  t.ok(named.length > 3, `${named.length} paths are named`)
  for (const path of named) t.ok(existsSync(join(ROOT, path)), `README names ${path}`)
})
