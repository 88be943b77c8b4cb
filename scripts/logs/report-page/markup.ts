/** Pieces of HTML in which every value is text: log content is hostile, and nothing of it may become markup. */

/** A piece of HTML that is safe to put into a page. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What may stand in a template: text and numbers, which are escaped, and markup, also several pieces. */
export type Content = string | number | Markup | readonly Markup[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Markup with values in it, between tags or in quoted attributes: html`<b title="${name}">${name}</b>`. */
export function html(texts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(texts.reduce((page, text, i) => page + textOf(values[i - 1]!) + text))
}

function textOf(value: Content): string {
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(({ text }) => text).join('')
  // C0 but for white space is not allowed in HTML in any spelling.
  return String(value)
    .replace(/[&<>"']/g, (char) => ENTITIES[char]!)
    .replace(UNALLOWED, '\ufffd')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNALLOWED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\p{Surrogate}/gu

/** A value for the page's script, as JSON in a block the browser does not run. */
export function jsonBlock(value: unknown): Markup {
  // Without `<` the block ends nowhere but at its own end tag.
  return new Markup(`<script type="application/json">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>`)
}
