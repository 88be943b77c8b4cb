/** What runs in the page: shows the rows of its tables, sorts them by a heading, finds words in them. */

import type { Row, TableData } from './data-table.js'

/** The script as text. The function is whole in itself: it runs in a browser, where nothing of this module is. */
export const PAGE_SCRIPT = `(${enliven})()`

function enliven(): void {
  /** More rows at once make a page slow. */
  const BATCH = 200
  /** Names of this length stay on one line. */
  const SHORT = 24
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
  const empty = (value: Row[number] | undefined): boolean => value === null || value === undefined || value === ''

  for (const box of document.querySelectorAll<HTMLElement>('[data-table]')) {
    const { kinds, rows, marks } = JSON.parse(box.querySelector('script')?.textContent ?? '') as TableData
    const body = box.querySelector('tbody')
    const more = box.querySelector<HTMLElement>('.more')
    const search = box.querySelector('input')
    const count = box.querySelector('output')
    const headings = [...box.querySelectorAll('th')]
    const words = rows.map((row) => row.map((value, column) => shown(value, column)))
    const searched = words.map((row) => row.join('\n').toLowerCase())
    let order = rows.map((_, i) => i)
    let limit = BATCH

    function shown(value: Row[number] | undefined, column: number): string {
      if (empty(value)) return ''
      if (typeof value !== 'number') return String(value)
      if (kinds[column] !== 'time') return value.toLocaleString('en')
      return new Date(Math.floor(value / 1000)).toISOString().slice(0, 19).replace('T', ' ')
    }

    function cell(row: number, column: number): HTMLElement {
      const td = document.createElement('td')
      const text = words[row]?.[column] ?? ''
      td.className = kinds[column] ?? 'text'
      if (kinds[column] === 'list') td.title = text
      if (kinds[column] === 'mark') {
        const dot = td.appendChild(document.createElement('i'))
        dot.className = `dot ${marks[text] ?? ''}`
      }
      td.append(text === '' ? '–' : text)
      td.classList.toggle('short', text.length <= SHORT)
      td.classList.toggle('empty', text === '')
      return td
    }

    function paint(): void {
      const wanted = (search?.value ?? '').trim().toLowerCase()
      const found = wanted === '' ? order : order.filter((row) => searched[row]?.includes(wanted))
      const lines = found.slice(0, limit).map((row) => {
        const line = document.createElement('tr')
        line.append(...kinds.map((_, column) => cell(row, column)))
        return line
      })
      body?.replaceChildren(...lines)
      if (more !== null) more.hidden = found.length <= limit
      if (count === null) return
      const of = found.length === rows.length ? '' : ` of ${rows.length.toLocaleString('en')}`
      const first = found.length > limit ? `, the first ${limit.toLocaleString('en')} shown` : ''
      count.value = `${found.length.toLocaleString('en')}${of} rows${first}`
    }

    function sortBy(column: number, direction: number): void {
      order = order.toSorted((a, b) => {
        const [x, y] = [rows[a]?.[column], rows[b]?.[column]]
        if (empty(x) || empty(y)) return Number(empty(x)) - Number(empty(y)) || a - b
        const difference =
          typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y))
        return difference * direction || a - b
      })
    }

    for (const [column, heading] of headings.entries()) {
      heading.querySelector('button')?.addEventListener('click', () => {
        const now = heading.getAttribute('aria-sort')
        // Of numbers the large ones are looked for.
        const first = kinds[column] === 'number' ? 'descending' : 'ascending'
        const second = first === 'ascending' ? 'descending' : 'ascending'
        const next = now === first ? second : first
        for (const other of headings) other.setAttribute('aria-sort', other === heading ? next : 'none')
        sortBy(column, next === 'ascending' ? 1 : -1)
        paint()
      })
    }
    search?.addEventListener('input', () => {
      limit = BATCH
      paint()
    })
    more?.querySelector('button')?.addEventListener('click', () => {
      limit += BATCH
      paint()
    })
    paint()
  }
}
