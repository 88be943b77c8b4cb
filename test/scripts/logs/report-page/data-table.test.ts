import t from 'tap'
import { dataTable } from '../../../../scripts/logs/report-page/data-table.js'

const row = ['<b>', 3] as const

void t.test('headings are buttons, rows are data', async (t) => {
  const columns = [
    ['Process & more', 'text'],
    ['Flows', 'number'],
  ] as const
  const { text } = dataTable({ name: 'Some "flows"', columns, rows: [row], marks: { a: 'up' } })
  t.match(text, '<th scope="col" class="text" aria-sort="none"><button type="button">Process &amp; more</button></th>')
  t.match(text, 'aria-label="Some &quot;flows&quot;"')
  const data = /<script type="application\/json">(.*)<\/script>/.exec(text)?.[1] ?? ''
  t.strictSame(JSON.parse(data), { kinds: ['text', 'number'], rows: [row], marks: { a: 'up' } })
  t.notMatch(data, '<')
})

void t.test('a short table needs no search, an empty one no table', async (t) => {
  const columns = [
    ['A', 'text'],
    ['B', 'number'],
  ] as const
  const withRows = (count: number) => dataTable({ name: 'x', columns, rows: Array(count).fill(row) }).text
  t.notMatch(withRows(11), 'type="search"')
  t.match(withRows(12), 'type="search"')
  t.equal(withRows(0), '<p class="none">None.</p>')
})
