// Pure: the form in which a client wants an answer of the gateway's own, from its Accept header (RFC 9110, 12.5.1).

/**
 * `html` for browsers, `json` for programs that ask for it, `text` for those that take anything, such as curl: a few
 * lines that a terminal and a log can show.
 */
export type PageForm = 'html' | 'json' | 'text'

/** One element of the header; `quality` is 0 (not wanted) to 1. */
interface MediaRange {
  readonly type: string
  readonly quality: number
}

/** How well a range fits a form: not at all, as any type, as any of its kind, by name. */
const NAMED = 3
type Fit = 0 | 1 | 2 | typeof NAMED

/** Of an Accept header, characters that are looked at; that of a browser has 200. */
const MAX_ACCEPT = 2048

const QVALUE = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/** What names a form, and what stands for it among others. Registries' clients ask for `application/vnd...+json`. */
const FORMS: Readonly<Record<PageForm, { readonly name: RegExp; readonly kind: RegExp }>> = {
  json: { name: /^application\/(?:\S+\+)?json$/, kind: /^application\/\*$/ },
  html: { name: /^(?:text\/html|application\/xhtml\+xml)$/, kind: /^text\/\*$/ },
  text: { name: /^text\/plain$/, kind: /^text\/\*$/ },
}

/**
 * The form for an Accept header as sent, '' for none. A form the client names goes before those it only lets pass by a
 * wildcard, whatever their quality: npm asks for JSON at 0.8 beside a bare wildcard, and can read nothing else. Among
 * equals that are named JSON goes first, for browsers do not name it; where anything is welcome, text. Elements that
 * cannot be read do not count. Who accepts none of the three gets text.
 */
export function preferredForm(accept: string): PageForm {
  const ranges = mediaRanges(accept)
  const wishes = (['json', 'html', 'text'] as const)
    .map((form) => ({ form, ...wishFor(form, ranges) }))
    .filter(({ quality }) => quality > 0)
  const named = wishes.filter(({ fit }) => fit === NAMED)
  const [best] = (named.length > 0 ? named : wishes.reverse()).sort((a, b) => b.quality - a.quality)
  return best?.form ?? 'text'
}

function mediaRanges(accept: string): readonly MediaRange[] {
  return accept
    .slice(0, MAX_ACCEPT)
    .toLowerCase()
    .split(',')
    .flatMap((element) => {
      const [type = '', ...parameters] = element.split(';').map((part) => part.trim())
      const weight = parameters.find((parameter) => /^q\s*=/.test(parameter))
      const value = weight === undefined ? '1' : weight.replace(/^q\s*=\s*/, '')
      return QVALUE.test(value) ? [{ type, quality: Number(value) }] : []
    })
}

/** What the range that fits best says of a form; of equal ones, the one that wants it most. */
function wishFor(form: PageForm, ranges: readonly MediaRange[]): { readonly fit: Fit; readonly quality: number } {
  let wish: { readonly fit: Fit; readonly quality: number } = { fit: 0, quality: 0 }
  for (const { type, quality } of ranges) {
    const fit = fitOf(form, type)
    if (fit > wish.fit || (fit === wish.fit && fit > 0 && quality > wish.quality)) wish = { fit, quality }
  }
  return wish
}

function fitOf(form: PageForm, type: string): Fit {
  const { name, kind } = FORMS[form]
  if (name.test(type)) return NAMED
  if (kind.test(type)) return 2
  return type === '*/*' ? 1 : 0
}
