// Pure: an answer of the gateway's own, in the form the client wants: a page, JSON, or a few lines of text. All of them
// say the same, from one list of facts.

import type { OwnAnswer } from '../exchange.js'
import { boundedText } from '../judge/bounded-text.js'
import { type PageContent, type PageFact, shownFacts } from './page-content.js'
import { pageHtml } from './page-html.js'
import { type PageForm, preferredForm } from './preferred-form.js'

/** Longest value that is shown, characters: that of a URL in the transaction log. */
const MAX_VALUE = 2048

const TYPES: Readonly<Record<PageForm, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  text: 'text/plain; charset=utf-8',
}

/** The answer for a client with this Accept header. */
export function ownPage(content: PageContent, accept: string): OwnAnswer {
  const form = preferredForm(accept)
  const body = Buffer.from(bodyOf(form, bounded(content)))
  return {
    status: content.status,
    headers: {
      'content-type': TYPES[form],
      'content-length': String(body.length),
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
    },
    body,
  }
}

function bounded(content: PageContent): PageContent {
  const facts = content.facts.map(([key, label, value]): PageFact => {
    return [key, label, typeof value === 'string' ? boundedText(value, MAX_VALUE) : value]
  })
  return { ...content, message: boundedText(content.message, MAX_VALUE), facts }
}

function bodyOf(form: PageForm, content: PageContent): string {
  if (form === 'html') return pageHtml(content)
  const { mark, title, message, facts } = content
  if (form === 'json') {
    const values = Object.fromEntries(facts.map(([key, , value]) => [key, value]))
    return `${JSON.stringify({ ...mark, message, ...values })}\n`
  }
  const lines = shownFacts(facts).map(({ label, value }) => `${label}: ${value}`)
  return [title, message, '', ...lines].map((line) => `${printable(line)}\n`).join('')
}

/** One line, and nothing that moves the cursor of the terminal in which curl shows it. */
function printable(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\p{C}/gu, '?')
}
