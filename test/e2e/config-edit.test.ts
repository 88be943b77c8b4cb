/** `steerlab config edit` as its user has it. */

import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { defaultTexts, writeTexts } from '../support/config-files.js'
import { type TestHome, withHome } from '../support/steerlab.js'

const edit = (home: TestHome, ...args: readonly string[]) => home.cli(['config', 'edit', ...args])

function file(home: TestHome, name: string): Record<string, never> {
  return JSON.parse(readFileSync(join(home.home, 'stagent', name), 'utf8'))
}

void t.test('exceptions come and go', (t) =>
  withHome(t, async (home) => {
    await writeTexts(join(home.home, 'stagent'), defaultTexts())
    const added = await edit(home, 'add-exception', 'a.example', '*.a.example', '10.1.0.0/16')
    t.strictSame(added.stdout.split('\n').length, 4)
    t.match(await edit(home, 'add-exception', '--dns', 'a,mx', '*.corp.example'), { code: 0 })
    t.match(await edit(home, 'add-exception', '--app', 'Zoom', '--except-dns', 'zoom.us'), { code: 0 })
    t.match(file(home, 'nsexception.json'), {
      ips: [{ type: 'local' }, { type: 'ip', value: '10.1.0.0/16' }],
      dns: [{ domain: '*.corp.example', types: ['A', 'MX'] }],
      applications: [{ name: 'Zoom', domains: ['zoom.us'], action: 'bypass-except-dns' }],
    })
    const before = readFileSync(join(home.home, 'stagent', 'nsexception.json'))
    const there = 'nsexception.json: already there: A.example\n'
    t.strictSame(await edit(home, 'add-exception', 'A.example'), { code: 0, stdout: '', stderr: there })
    t.strictSame(readFileSync(join(home.home, 'stagent', 'nsexception.json')), before)
    t.strictSame(await edit(home, 'remove-exception', 'a.example', 'b.example'), {
      code: 1,
      stdout: 'nsexception.json: removed a.example\n',
      stderr: 'nsexception.json: not there: b.example\n',
    })
    const json = await edit(home, 'remove-exception', '--app', 'Zoom', '--json')
    t.match(JSON.parse(json.stdout), { file: 'nsexception.json', changed: ['application Zoom'], unchanged: [] })
  }),
)

void t.test('pinned apps, modes and single values', (t) =>
  withHome(t, async (home) => {
    await writeTexts(join(home.home, 'stagent'), defaultTexts())
    const acme = [
      'add-pinned',
      '--process',
      'a.exe',
      '--process',
      'b,c',
      '--app',
      'Acme',
      '--domain',
      'x.example,y.example',
    ]
    t.match(await edit(home, ...acme, '--os', 'windows'), {
      code: 0,
      stdout: /added a\.exe of Acme.*\n.*added b,c of Acme/,
    })
    await edit(home, 'remove-pinned', '--app', 'dropbox')
    t.match(await edit(home, 'remove-pinned', '--app', 'dropbox'), {
      code: 1,
      stderr: /not there: all processes of dropbox/,
    })
    const { stdout } = await home.cli(['config', 'show'])
    t.match(stdout, 'Acme (windows): a.exe, b,c: bypass, direct: x.example y.example')
    t.notMatch(stdout, 'Dropbox')
    t.match(await edit(home, 'set-mode', 'none'), { code: 0, stdout: 'nssteering.json: set mode none\n' })
    t.match(await edit(home, 'set-mode', 'web'), { code: 0 })
    t.match(file(home, 'nssteering.json'), { traffic_mode: 'web', steering_method_none: 0 })
    t.match(await edit(home, 'set', 'nsconfig.checkSNI', 'true'), { stdout: 'nsconfig.json: set checkSNI to "true"\n' })
    t.match(await edit(home, 'set', 'nsconfig.priority', '7'), { stdout: 'nsconfig.json: set priority to 7\n' })
    t.match(await edit(home, 'set', 'steerlab.endpoint.os', 'macos'), { stdout: /to "macos", a new key/ })
  }),
)

void t.test('a mistake gets one sentence and exit code 2, and changes nothing', (t) =>
  withHome(t, async (home) => {
    await writeTexts(join(home.home, 'stagent'), defaultTexts())
    mkdirSync(join(home.home, 'empty'))
    const empty = ['--config', join(home.home, 'empty')]
    for (const [args, sentence] of [
      [['edit'], 'Which change? `steerlab config edit --help` lists them.'],
      [['edit', 'add-exception'], 'Which exception? ENTRY says it'],
      [['edit', 'add-exception', 'a.example', ...empty], /there is no .*empty\/nsexception\.json; `steerlab up` makes/],
      [['edit', 'add-pinned', '--app', 'A', '--process', 'a'], /--domain says it/],
      [['edit', 'remove-pinned'], /--app or --process says it/],
      [
        ['edit', 'set', 'nsconfig.checkSNI', 'maybe'],
        /nothing is written, .*:\nnsconfig\.json:\d+: \$\.checkSNI: found "maybe"/,
      ],
    ] as const) {
      const { code, stdout, stderr } = await home.cli(['config', ...args])
      t.match({ code, stdout }, { code: 2, stdout: '' }, args.join(' '))
      t.match(stderr, sentence)
      t.notMatch(stderr, /\n\s+at /)
    }
    for (const [name, text] of Object.entries(defaultTexts()))
      t.equal(readFileSync(join(home.home, 'stagent', name), 'utf8'), text)
  }),
)
