import fc from 'fast-check'
import t from 'tap'
import { pageHtml } from '../../../../gateway/inspect/pages/page-html.js'
import { HOSTILE_NAMES } from '../../../support/hostile-report.js'

function pageOf(value: string, status = 403): string {
  const facts = [['host', 'Host', value]] as const
  return pageHtml({ status, mark: {}, title: value, message: value, facts })
}

void t.test('a page of its own: nothing is loaded, nothing runs, it fits a phone and a dark room', async (t) => {
  const page = pageOf('box.com')
  t.match(page, /^<!doctype html>\n<html lang="en">/)
  t.match(page, /<title>box\.com<\/title>/)
  t.match(page, /name="viewport" content="width=device-width, initial-scale=1"/)
  t.match(page, /prefers-color-scheme: dark/)
  t.equal(page.match(/<h1>/g)?.length, 1)
  t.notMatch(page, /<script|<link|<img|<a |src=|href=|url\(|@import|\son\w+=/i)
})

void t.test('good news look otherwise than bad', async (t) => {
  t.match(pageOf('x', 200), /<main class="good">/)
  t.notMatch(pageOf('x', 403), /<main class/)
})

/** The page's tags, in order. */
function tags(page: string): readonly string[] {
  return page.match(/<[^>]*>/g) ?? []
}

void t.test('hostile values are text: the page has the same tags with any', async (t) => {
  const expected = tags(pageOf('x'))
  for (const [number, name] of HOSTILE_NAMES.entries())
    t.strictSame(tags(pageOf(name)), expected, `hostile name ${number}`)
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => `${tags(pageOf(text))}` === `${expected}`),
  )
})
