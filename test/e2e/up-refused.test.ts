/** What stops `steerlab up` and `run` from starting: a file, a port, a home. Always one clear sentence, never a stack. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { listening } from '../support/loopback.js'
import { ANY_PORTS, type TestHome, withHome } from '../support/steerlab.js'

const UP = ['up', '--lab', ...ANY_PORTS]

void t.test('a configuration that cannot be used', (t) =>
  withHome(t, async (home) => {
    for (const [what, name, text, sentence] of [
      ['broken JSON', 'nsexception.json', '{\n  "names": ["zoom.us", }', /^nsexception\.json:2:24: not JSON: /m],
      [
        'a wrong type',
        'nsexception.json',
        '{\n"names": 3, "ips": [] }',
        /^nsexception\.json:2: \$\.names: found 3, allowed is a list/m,
      ],
      [
        'an unknown action',
        'nsbypass.json',
        pinnedApp(7),
        /^nsbypass\.json:1: \$\.certPinnedAppList\[0\]\.action: found 7, allowed is 1 .* or 3/m,
      ],
      [
        'no tenant',
        'nsconfig.json',
        '{"nsgw": {"host": "example.com", "port": 443}}',
        /gateway-<tenant>\.goskope\.com/,
      ],
    ] as const)
      for (const args of [UP, ['run', '--lab', '--', 'true']]) {
        await withFile(home, name, text, async () => {
          const { code, stdout, stderr } = await home.cli(args)
          t.match({ code, stdout }, { code: 2, stdout: '' }, `${args[0]}: ${what}`)
          t.match(stderr, /^steerlab: [A-Z$n]/)
          t.match(stderr, sentence)
          t.notMatch(stderr, / at .*\.js/, 'no stack')
        })
      }
  }),
)

void t.test('a port that is taken', async (t) => {
  const { port, close } = await listening(createServer())
  try {
    await withHome(t, async (home) => {
      for (const flag of ['--proxy-port', '--socks-port', '--dns-port']) {
        const { code, stdout, stderr } = await home.cli([...UP, flag, String(port)])
        t.ok(code > 0 && stdout === '', flag)
        t.match(stderr, new RegExp(`^steerlab: .*${port}.*\\n$`), 'one sentence with the port')
      }
    })
  } finally {
    await close()
  }
})

void t.test('a home that cannot be used', (t) =>
  withHome(t, async (home) => {
    const file = join(home.home, 'file')
    writeFileSync(file, '')
    for (const bad of [join(home.home, 'x'.repeat(100)), file, join(file, 'below')])
      for (const args of [UP, ['run', '--lab', '--', 'true']]) {
        const { code, stderr } = await home.cli(['--home', bad, ...args])
        t.match({ code, stderr }, { code: 2, stderr: /^steerlab: [^\n]*\n$/ }, `${args[0]}: ${stderr.trim()}`)
      }
    const odd = join(home.home, "a home's ü")
    t.match(await home.cli(['--home', odd, 'run', '--lab', '--', 'true']), { code: 0 }, 'but any name will do')
  }),
)

function pinnedApp(action: number): string {
  const app = { action, appName: 'A', app_domains: ['a.com'], mode: 'direct', processName: 'a', rowID: '1' }
  return JSON.stringify({ certPinnedAppList: [app] })
}

async function withFile(home: TestHome, name: string, text: string, body: () => Promise<void>): Promise<void> {
  const directory = join(home.home, 'stagent')
  mkdirSync(directory, { recursive: true })
  for (const other of ['nsexception.json', 'nsbypass.json', 'nsconfig.json'])
    rmSync(join(directory, other), { force: true })
  writeFileSync(join(directory, name), text)
  await body()
}
