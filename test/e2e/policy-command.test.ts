/** `steerlab policy`: its commands, run as a user runs them. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type TestHome, withHome } from '../support/steerlab.js'

const POLICY = `{ "rules": [
  { "name": "No uploads", "action": "block", "hosts": ["*.box.com"], "methods": ["POST"], "message": "Use the share." },
  { "name": "Storage", "action": "alert", "categories": ["Cloud Storage"], "paths": ["/admin"] },
  { "name": "Video", "action": "block", "direction": "download", "contentTypes": ["video/*"], "minBytes": 1000 }
] }`

function write({ home }: TestHome, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(home, 'gateway'), { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(home, 'gateway', file), text)
}

void t.test('check: what is good, what is missing, what is bad', (t) =>
  withHome(t, async (home) => {
    const empty = await home.cli(['policy', 'check'])
    t.equal(empty.code, 0)
    t.match(empty.stdout, /inspect\.json: missing, the defaults hold\n {2}policy\.json: missing/)
    write(home, { 'policy.json': POLICY.replace('"Cloud Storage"', '"Clod Storage"') })
    const good = await home.cli(['policy', 'check', '--json'])
    t.equal(good.code, 0)
    t.match(JSON.parse(good.stdout), {
      directory: join(home.home, 'gateway'),
      good: true,
      files: [
        { file: 'inspect.json', state: 'missing' },
        { file: 'policy.json', state: 'good' },
        { file: 'categories.json', state: 'missing' },
      ],
      notes: ['policy.json $.rules[1]: no host is in the category "Clod Storage"'],
    })
    write(home, { 'policy.json': POLICY.replace('"alert"', '"warn"'), 'inspect.json': '{"inspect": "no"}' })
    const bad = await home.cli(['policy', 'check'])
    t.equal(bad.code, 2)
    t.match(bad.stdout, 'policy.json:3: $.rules[1].action: found "warn", allowed is "allow", "block" or "alert"')
    t.match(bad.stdout, 'inspect.json:1: $.inspect: found "no", allowed is true or false, without quotes')
    const json = await home.cli(['policy', 'check', '--json'])
    t.equal(json.code, 2)
    t.match(JSON.parse(json.stdout), { good: false, files: [{ state: 'bad' }, { state: 'bad' }, { state: 'missing' }] })
    const explained = await home.cli(['policy', 'explain', 'box.com'])
    t.strictSame([explained.code, explained.stdout], [2, ''])
    t.match(explained.stderr, 'policy.json:3: $.rules[1].action: ')
  }),
)

void t.test('explain: which rule, which category, and whether it is seen', (t) =>
  withHome(t, async (home) => {
    write(home, {
      'policy.json': POLICY,
      'inspect.json': '{"doNotDecrypt": {"hosts": ["*.bank.example"], "categories": ["Health"]}}',
    })
    const text = await home.cli(['policy', 'explain', 'https://upload.box.com/x', '--method', 'POST', '--bytes', '5'])
    t.strictSame([text.code, text.stderr], [0, ''])
    t.equal(
      text.stdout,
      `block: POST https://upload.box.com/x
  who       user unknown, process unknown
  request   no media type, 5 bytes
  category  Cloud Storage
  seen      yes, it is decrypted
  rule      No uploads
  why       Rule 1 "No uploads" matches: host upload.box.com is covered by *.box.com, method POST.
  message   Use the share.
`,
    )
    for (const [args, explained] of [
      [['https://box.com/x/%2e%2e/admin'], { verdict: { action: 'alert', rule: 'Storage' }, unread: null }],
      [['https://box.com/x/admin'], { verdict: { action: 'allow', rule: '' }, facts: { path: '/x/admin' } }],
      [
        ['box.com', '--direction', 'download', '--content-type', 'video/mp4', '--bytes', '1000'],
        { verdict: { rule: 'Video' } },
      ],
      [
        ['box.com', '--direction', 'download', '--content-type', 'video/mp4', '--bytes', '999'],
        { verdict: { rule: '' } },
      ],
      [['https://www.bank.example/'], { unread: { rule: 'doNotDecrypt.hosts *.bank.example' } }],
      [['http://www.bank.example/'], { unread: null, scheme: 'http' }],
      [['webmd.com'], { facts: { category: 'Health' }, unread: { rule: 'doNotDecrypt.categories Health' } }],
      [['https://10.0.0.1/'], { facts: { category: 'uncategorized' }, unread: { rule: 'errors.noSni' } }],
    ] as const) {
      const { code, stdout } = await home.cli(['policy', 'explain', ...args, '--json'])
      t.match(JSON.parse(stdout), explained, args.join(' '))
      t.equal(code, 0)
    }
    const unread = await home.cli(['policy', 'explain', 'webmd.com'])
    t.match(
      unread.stdout,
      /^unread: GET https:\/\/webmd\.com\/\n(.*\n)* {2}setting {3}inspect\.json \$\.doNotDecrypt\.cat/,
    )
    t.match(unread.stdout, '  why       Not asked; it would be allow: No rule of the policy matches.')
    write(home, { 'inspect.json': '{"inspect": false}' })
    const off = await home.cli(['policy', 'explain', 'http://box.com/', '--json'])
    t.match(JSON.parse(off.stdout), { unread: { rule: 'inspect' } })
    rmSync(join(home.home, 'gateway'), { recursive: true })
    t.equal((await home.cli(['policy', 'explain', 'box.com'])).code, 0, 'without files')
  }),
)

void t.test('what the command line may not say', (t) =>
  withHome(t, async (home) => {
    for (const [args, sentence] of [
      [['explain'], 'Not enough non-option arguments'],
      [['explain', 'ftp://box.com/'], '"ftp://box.com/" is no URL such as https://box.com/path'],
      [['explain', 'box.com', '--bytes', '3k'], '--bytes 3k is no whole number of bytes'],
      [['explain', 'box.com', '--direction', 'both'], 'Invalid values'],
      [[], 'Which command? `steerlab policy --help` lists them.'],
    ] as const) {
      const { code, stderr } = await home.cli(['policy', ...args])
      t.equal(code, 2, args.join(' '))
      t.match(stderr, sentence)
    }
  }),
)

void t.test('a wrong file is refused before anything starts: there is no last good one', (t) =>
  withHome(t, async (home) => {
    write(home, { 'policy.json': POLICY.replace('"block"', '"blok"') })
    for (const args of [['up', '--lab'], ['run', '--lab', '--', 'true'], ['gateway']]) {
      const { code, stderr } = await home.cli(args)
      t.equal(code, 2, args.join(' '))
      t.match(stderr, 'policy.json:2: $.rules[0].action: found "blok"', args.join(' '))
    }
  }),
)
