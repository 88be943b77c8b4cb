import { readFileSync } from 'node:fs'
import t from 'tap'
import { CATALOGUE } from '../../../agent/log/catalogue.js'
import { PROFILES } from '../../../agent/log/profiles.js'
import { catalogueEntries, catalogueMarkdown, catalogueText } from '../../../scripts/commands/logs-catalogue.js'

const README = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8')

void t.test('entries', async (t) => {
  const entries = catalogueEntries(PROFILES['windows-r114'])
  t.equal(entries.length, CATALOGUE.length)
  const named = (event: string) => entries.filter((entry) => entry.event === event)
  t.strictSame(named('drop-pinned'), [
    {
      event: 'drop-pinned',
      group: 'flow',
      certainty: 'observed',
      level: 'info',
      component: 'BypassAppMgr',
      template: 'Dropping connection from process: {process:text}, host: {host:word}',
      fields: [
        { name: 'process', kind: 'text', choices: [] },
        { name: 'host', kind: 'word', choices: [] },
      ],
      place: { file: 'bypassAppMgr.cpp', line: 663, certainty: 'observed' },
      since: null,
      until: null,
      platforms: null,
      source: 'TAB [57]',
    },
  ])
  t.match(named('flow-tunneled'), [
    { since: 96, until: null, place: { line: 878 } },
    { since: null, until: 95, place: null },
  ])
  t.match(named('posture-passcode'), [{ platforms: [], place: null }])
  const other = catalogueEntries(PROFILES['windows-2019']).filter(({ event }) => event === 'flow-tunneled')
  t.match(other, [{ place: null }, { place: { line: 618, certainty: 'observed' } }])
})

void t.test('for people to read', async (t) => {
  const entries = catalogueEntries(PROFILES['linux-r140'])
  const text = catalogueText(entries)
  t.equal(text.split('\n').length, CATALOGUE.length + 2)
  const rows = text.split('\n').map((line) => line.split(/ {2,}/))
  t.strictSame(rows[0], [
    'EVENT',
    'MESSAGE IS',
    'LEVEL',
    'COMPONENT',
    'PLACE',
    'LINE IS',
    'CLIENTS',
    'TEMPLATE',
    'SOURCE',
  ])
  const row = (event: string) =>
    rows
      .find(([name]) => name === event)
      ?.slice(1, 7)
      .join()
  t.equal(row('drop-pinned'), 'observed,info,BypassAppMgr,bypassAppMgr.cpp:829,inferred,all')
  t.equal(row('edns-failed'), 'observed,error,dnsResolver,nsDnsResolver.cpp:289,inferred,all')
  t.equal(row('flow-tunneled-proxied'), 'observed,info,nsTunnel,-,-,-95')
  t.equal(row('gslb-begin'), 'inferred,info,gslb,gslb.cpp:398,invented,96-')
  t.equal(row('flow-write-failed'), 'observed,error,nsClientFlow,-,-,96- macos')
  t.equal(row('posture-passcode'), 'observed,info,deviceId,-,-,mobile')
})

void t.test('for the README: a row for each message, whose cells hold', async (t) => {
  const lines = catalogueMarkdown().split('\n')
  const rows = lines.filter((line) => line.startsWith('| '))
  t.equal(rows.length, CATALOGUE.length + 2, 'under a heading')
  for (const row of rows) t.equal(row.split(/(?<!\\)\|/).length, 6, row)
  t.ok(
    lines.some((line) =>
      /^\| +\| `Dropping connection from process: \{process\}, host: \{host\}` +\| observed +\| TAB +\|$/.test(line),
    ),
  )
  t.match(lines.at(-2), /^First known: COM = .*; TAB = `tabernarious\/netskope-client-log-review`; /)
})

void t.test('the README has the table as it is now: `npx steerlab logs catalogue --markdown`', async (t) => {
  const between = /<!-- catalogue -->\n+([\s\S]*?)\n*<!-- \/catalogue -->/.exec(README)?.[1]
  if (between === undefined) return void t.fail('the README lacks <!-- catalogue --> and <!-- /catalogue -->')
  t.equal(between.trim(), catalogueMarkdown().trim())
})
