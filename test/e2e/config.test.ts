/** `steerlab config` as its user has it: import, check and show; edit is in config-edit.test.ts. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { defaultTexts, writeTexts } from '../support/config-files.js'
import { LOCATED_CONFIG, restAnswer, WEB_CONFIG } from '../support/rest-document.js'
import { type TestHome, withHome } from '../support/steerlab.js'
import { zipOf } from '../support/zip.js'

function file(home: TestHome, name: string): Record<string, never> {
  return JSON.parse(readFileSync(join(home.home, 'stagent', name), 'utf8'))
}

void t.test('help for the group and for each command', (t) =>
  withHome(t, async (home) => {
    const { stdout } = await home.cli(['config', '--help'])
    for (const command of ['import <path>', 'check [dir]', 'show', 'edit'])
      t.match(stdout, `steerlab config ${command}`)
    for (const command of ['import', 'check', 'show', 'edit add-pinned']) {
      const help = await home.cli(['config', ...command.split(' '), '--help'])
      t.match(
        help,
        { code: 0, stderr: '', stdout: /--config(.|\n)*--tenant(.|\n)*Examples:\n +steerlab config/ },
        command,
      )
      t.ok(help.stdout.split('\n').every((line) => line.length <= 110))
    }
  }),
)

void t.test('a REST answer into a new home, and what it means', (t) =>
  withHome(t, async (home) => {
    const answer = join(home.home, 'answer.json')
    writeFileSync(answer, JSON.stringify(restAnswer(WEB_CONFIG, LOCATED_CONFIG)))
    const tried = await home.cli(['config', 'import', answer, '--dry-run', '--json'])
    t.match(JSON.parse(tried.stdout), { written: false, notes: [{ path: '$.data[1]' }] })
    t.match(await home.cli(['config', 'check']), { code: 2, stderr: /^steerlab: there is no directory / })
    const done = await home.cli(['config', 'import', answer, '--config-name', 'location based steering'])
    t.match(done, {
      code: 0,
      stdout: /nsexception\.json: new, from/,
      stderr: /^What the files do not say.*\n {2}\$\.data/,
    })
    t.match(await home.cli(['config', 'check']), { code: 0, stdout: `${home.home}/stagent is good\n`, stderr: '' })
    const { stdout } = await home.cli(['config', 'show'])
    t.match(stdout, /On premises\n {2}Mode +cloud-apps(.|\n)*Off premises\n {2}Mode +web/)
    const shown = JSON.parse((await home.cli(['config', 'show', '--json'])).stdout)
    t.match(shown, { halves: [{ location: 'on-prem', steeredDomains: 2 }, { location: 'off-prem' }] })
    t.match(await home.cli(['config', 'import', answer, '--tenant']), { code: 0, stdout: /^\S+\/gateway\/tenant\n/ })
    t.match(await home.cli(['config', 'check', '--tenant']), { code: 0, stdout: /gateway\/tenant is good/ })
  }),
)

void t.test('a bundle replaces files, which stay beside them', (t) =>
  withHome(t, async (home) => {
    const bundle = join(home.home, 'nslogs.zip')
    writeFileSync(
      bundle,
      zipOf([{ name: 'x/nsexception.json', content: '{"names": ["a.example"], "ips": [], "news": 1}' }]),
    )
    await writeTexts(join(home.home, 'stagent'), defaultTexts())
    const { code, stdout, stderr } = await home.cli(['config', 'import', bundle])
    t.match({ code, stderr }, { code: 0, stderr: '' })
    t.match(stdout, `nsexception.json: replaced, before it: nsexception.json.old, from ${bundle}:x/nsexception.json\n`)
    t.strictSame(file(home, 'nsexception.json')['names'], ['a.example'])
    t.equal(
      readFileSync(join(home.home, 'stagent', 'nsexception.json.old'), 'utf8'),
      defaultTexts()['nsexception.json'],
    )
  }),
)

void t.test('problems are told with exit code 1', (t) =>
  withHome(t, async (home) => {
    await writeTexts(home.home, {
      ...defaultTexts(),
      'nssteering.json': '{"traffic_mode": "wbe"}',
      'nsconfig.json': undefined,
    })
    const { code, stdout, stderr } = await home.cli(['config', 'check', home.home])
    t.match({ code, stderr }, { code: 1, stderr: '' })
    t.match(
      stdout,
      /^ {2}nsconfig\.json: is missing.*\n {2}nssteering\.json:1: \$\.traffic_mode: found "wbe", allowed is/m,
    )
    const json = JSON.parse((await home.cli(['config', 'check', '--config', home.home, '--json'])).stdout)
    t.match(json, { good: false, problems: [/^nsconfig/, /^nssteering/] })
    const shown = await home.cli(['config', 'show', '--config', home.home])
    t.match(
      shown,
      { code: 0, stderr: /nsconfig\.json is not in .*\n.*"wbe" is a word that is not public: taken as/ },
      'shown all the same',
    )
  }),
)

void t.test('what cannot be done is one sentence, with exit code 2', (t) =>
  withHome(t, async (home) => {
    for (const [args, sentence] of [
      [[], 'Which command? `steerlab config --help` lists them.'],
      [['import', join(home.home, 'none')], /there is no /],
      [['import', home.home], /there is none of the client's files in /],
      [['check', 'a', '--tenant'], /mutually exclusive/],
    ] as const) {
      const { code, stdout, stderr } = await home.cli(['config', ...args])
      t.match({ code, stdout, stderr }, { code: 2, stdout: '', stderr: sentence }, args.join(' '))
      t.notMatch(stderr, /\n\s+at /)
    }
  }),
)
