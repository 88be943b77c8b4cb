/** A table of the page: its heading is markup, its rows are data that the page's script shows, sorts and searches. */

import { html, jsonBlock, type Markup } from './markup.js'

/**
 * How a column is shown and sorted; a time is microseconds, `mark` a word with the colour of its kind, `list` a text of
 * which a line is shown, and the rest when it is pointed at.
 */
export type ColumnKind = 'text' | 'number' | 'time' | 'mark' | 'list'

/** A column: its heading and its kind. */
export type Column = readonly [label: string, kind: ColumnKind]

/** One row: a value for each column; null is shown as nothing and sorts last. */
export type Row = readonly (string | number | null)[]

/** A table with all its rows. */
export interface DataTable {
  /** What it shows, for those who do not see it. */
  readonly name: string
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** The kinds of the words in `mark` columns. */
  readonly marks?: Readonly<Record<string, string>>
}

/** What the script reads. */
export interface TableData {
  readonly kinds: readonly ColumnKind[]
  readonly rows: readonly Row[]
  readonly marks: Readonly<Record<string, string>>
}

/** A table shorter than this is seen at a glance. */
const SEARCHED_ROWS = 12

/** The table, or a line that it has no rows. */
export function dataTable({ name, columns, rows, marks = {} }: DataTable): Markup {
  if (rows.length === 0) return html`<p class="none">None.</p>`
  const data: TableData = { kinds: columns.map(([, kind]) => kind), rows, marks }
  const tools = html`<p class="tools"><label>Search <input type="search" autocomplete="off" spellcheck="false"></label> <output aria-live="polite"></output></p>`
  return html`<div class="data" data-table>
${rows.length < SEARCHED_ROWS ? html`` : tools}<div class="scroll" role="region" aria-label="${name}" tabindex="0"><table>
<thead><tr>${columns.map(heading)}</tr></thead>
<tbody></tbody>
</table></div>
<p class="more" hidden><button type="button">Show more</button></p>
${jsonBlock(data)}
</div>`
}

function heading([label, kind]: Column): Markup {
  return html`<th scope="col" class="${kind}" aria-sort="none"><button type="button">${label}</button></th>`
}
