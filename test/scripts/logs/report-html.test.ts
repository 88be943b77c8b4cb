import { createHash } from 'node:crypto'
import t from 'tap'
import { reportHtml } from '../../../scripts/logs/report-html.js'
import { hostileReport } from '../../support/hostile-report.js'
import { sampleReport } from '../../support/sample-report.js'

void t.test('the page has every part, and asks nobody for anything', async (t) => {
  const page = reportHtml(sampleReport())
  for (const id of ['client', 'verdicts', 'plot', 'errors', 'pop', 'flows', 'unreadable']) {
    t.match(page, `<section id="${id}">`)
    t.match(page, `<a href="#${id}">`)
  }
  t.match(page, '<title>nsdebuglog report: logs/nsdebuglog.log</title>')
  t.notMatch(page, /(?:src|href)="(?!#|data:)/)
  t.notMatch(page, /url\(|@import|https?:/)
})

void t.test('the policy allows its own style and script by their hashes, and nothing else', async (t) => {
  for (const page of [reportHtml(sampleReport()), reportHtml(hostileReport())]) {
    const policy =
      /http-equiv="Content-Security-Policy" content="(.*?)"/.exec(page)?.[1]?.replaceAll('&#39;', "'") ?? ''
    const hash = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    t.match(policy, "default-src 'none'")
    t.match(policy, `style-src ${hash(/<style>([\s\S]*?)<\/style>/.exec(page)?.[1])};`)
    t.match(policy, `script-src ${hash(/<script>([\s\S]*?)<\/script>/.exec(page)?.[1])};`)
    t.notMatch(policy, 'unsafe')
    t.notMatch(page, /<[^>]* style=/)
  }
})

void t.test('hostile names make no markup', async (t) => {
  const count = (page: string, tag: string) => page.split(tag).length
  const [plain, hostile] = [reportHtml(sampleReport()), reportHtml(hostileReport())]
  for (const tag of ['<script', '</script', '<img', '<style', '<!--'])
    t.equal(count(hostile, tag), count(plain, tag), tag)
})
