import t from 'tap'
import { checkFile } from '../../../../agent/config/check.js'
import { editLists } from '../../../../agent/config/edit/edit.js'
import {
  addPinned,
  type PinnedProcess,
  type PinnedSelection,
  removePinned,
} from '../../../../agent/config/edit/pinned.js'

const ACME: PinnedProcess = {
  process: 'acme.exe',
  isRegex: false,
  app: 'Acme',
  domains: ['acme.example'],
  action: 'bypass',
  mode: 'direct',
  tunnelDomains: [],
}
const ENTRY = {
  action: 1,
  appName: 'Acme',
  app_domains: ['acme.example'],
  isRegex: 'false',
  mode: 'direct',
  processName: 'acme.exe',
  tunnel_domains: [],
  rowID: 'custom_1',
}

function edit(list: readonly unknown[], ...edits: ReturnType<typeof addPinned>[]) {
  const { value, done } = editLists({ certPinnedAppList: list }, [], edits)
  return { list: value['certPinnedAppList'], changed: done.length > 0, value }
}

void t.test('a process gets an entry, as the real files have it', async (t) => {
  const { list, value } = edit([], addPinned(ACME))
  t.strictSame(list, [ENTRY])
  t.ok('value' in checkFile('nsbypass.json', JSON.stringify(value)))
  const blocked = edit(
    [],
    addPinned({ ...ACME, action: 'block', domains: ['*'], isRegex: true, process: '^a', os: ['linux'] }),
  )
  t.match(blocked.list, [{ action: 2, app_domains: ['*'], isRegex: 'true', os: ['linux'] }])
  t.match(edit([], addPinned({ ...ACME, action: 'managed', mode: 'tunnel' })).list, [{ action: 3, mode: 'tunnel' }])
})

void t.test("the row is that of the app, else the next of the tenant's own", async (t) => {
  const others = [
    { ...ENTRY, appName: 'Dropbox', processName: 'd', rowID: '152' },
    { ...ENTRY, appName: 'X', processName: 'x', rowID: 'custom_11' },
  ]
  t.match(edit(others, addPinned({ ...ACME, app: 'Dropbox' })).list, { 2: { rowID: '152' } })
  t.match(edit(others, addPinned(ACME)).list, { 2: { rowID: 'custom_12' } })
})

void t.test('the entry of a process grows by domains, and is not doubled', async (t) => {
  const same = edit([ENTRY], addPinned({ ...ACME, process: 'ACME.exe' }))
  t.notOk(same.changed)
  const more = edit([ENTRY], addPinned({ ...ACME, domains: ['more.example', 'acme.example'] }))
  t.strictSame(more.list, [{ ...ENTRY, app_domains: ['acme.example', 'more.example'] }])
  t.equal(
    (edit([ENTRY], addPinned({ ...ACME, os: ['linux'] })).list as []).length,
    2,
    'another system is another entry',
  )
  t.equal((edit([ENTRY], addPinned({ ...ACME, isRegex: true })).list as []).length, 2, 'so is a pattern')
})

void t.test('what contradicts an entry, or never matches, is a mistake', async (t) => {
  for (const change of [{ action: 'block' }, { mode: 'tunnel' }] as const)
    t.throws(() => edit([ENTRY], addPinned({ ...ACME, ...change })), { code: 'pinned-otherwise', exitCode: 2 })
  t.throws(() => addPinned({ ...ACME, domains: ['*.acme.example'] }), {
    code: 'bad-entry',
    message: '*.acme.example never matches in a pinned app: acme.example is all below it, too',
  })
  t.throws(() => addPinned({ ...ACME, tunnelDomains: ['*.acme.example'] }), { code: 'bad-entry' })
})

void t.test('entries are removed by app, process and system', async (t) => {
  const windows = { ...ENTRY, processName: 'b.exe', os: ['windows', 'macos'] }
  const other = { ...ENTRY, appName: 'Other' }
  const cases: [selection: PinnedSelection, left: unknown[]][] = [
    [{ app: 'acme' }, [other]],
    [{ process: 'ACME.EXE' }, [windows]],
    [{ app: 'Acme', process: 'acme.exe' }, [windows, other]],
    [{ app: 'Acme', os: ['macos', 'windows'] }, [ENTRY, other]],
    [{ app: 'Acme', os: ['windows'] }, [ENTRY, windows, other]],
    [{ app: 'none' }, [ENTRY, windows, other]],
  ]
  for (const [selection, left] of cases)
    t.strictSame(edit([ENTRY, windows, other], removePinned(selection)).list, left, JSON.stringify(selection))
  t.equal(removePinned({ app: 'Acme' }).subject, 'all processes of Acme')
})
