import t from 'tap'
import { flowFilter, parseSince, type ReportFilters } from '../../../../agent/log/report/filters.js'

void t.test('flows that pass, and their twins that do not', async (t) => {
  const cases: [filters: ReportFilters, process: string, host: string, passes: boolean][] = [
    [{}, '', '', true],
    [{ process: 'Chrome' }, 'google chrome helper', 'a.example', true],
    [{ process: 'Chrome' }, 'firefox.exe', 'chrome.example', false],
    [{ host: 'box.com' }, 'a', 'box.com', true],
    [{ host: 'box.com' }, 'a', 'WWW.Box.com', true],
    [{ host: 'box.com' }, 'a', 'dropbox.com', false],
    [{ host: '*.box.com' }, 'a', 'www.box.com', true],
    [{ host: 'box' }, 'a', 'dropbox.com', true],
    [{ host: 'box' }, 'a', 'example.com', false],
    [{ host: '' }, 'a', '', true],
    [{ host: '' }, 'a', 'box.com', false],
    [{ verdicts: ['nsProxy'] }, 'a', 'b', true],
    [{ verdicts: ['app-fw'] }, 'a', 'b', false],
    [{ process: 'a', host: 'b', verdicts: ['nsProxy'] }, 'a', 'c', false],
  ]
  for (const [filters, process, host, passes] of cases)
    t.equal(flowFilter(filters)(process, host, 'nsProxy'), passes, `${JSON.stringify(filters)} ${process} ${host}`)
})

void t.test('times as users and logs write them', async (t) => {
  const day = Date.UTC(2026, 10, 2) * 1000
  const cases: [text: string, time: number | undefined][] = [
    ['2026-11-02', day],
    ['2026-11-02T08:30', day + 30_600_000_000],
    ['2026/11/02 08:30:01', day + 30_601_000_000],
    ['2026/11/02 00:00:00.25', day + 250_000],
    ['2026/11/02 00:00:00.123456', day + 123_456],
    ['2026-02-30', undefined],
    ['2026-11-02T24:00', undefined],
    ['08:30', undefined],
    ['2h', undefined],
    ['', undefined],
    ['2026-11-02T08:30Z', undefined],
  ]
  for (const [text, time] of cases) t.equal(parseSince(text), time, text)
})
