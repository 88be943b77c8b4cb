// Pure: the lesson as it is told in a terminal.

import { authority } from '../../agent/steering/address.js'
import type { ShownPage } from './lesson.js'
import type { Sighting } from './sightings.js'

/** A capture as the lesson names it. */
export interface NamedCapture {
  readonly file: string
  readonly packets: number
  /** Where its packets come from. */
  readonly source: string
}

/** All there is to tell. */
export interface LessonToTell {
  readonly inner: NamedCapture
  readonly outer: NamedCapture
  readonly pages: readonly ShownPage[]
}

/** How to tell it. */
export interface TellingOptions {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
}

const TIME_WIDTH = 8

/** What the lines' times, tenths of a ms, do not tell apart. */
const AT_ONCE_US = 100

/** The whole lesson. */
export function lessonText(lesson: LessonToTell, { bold, dim }: TellingOptions): string {
  const { inner, outer, pages } = lesson
  const lines = [
    'Two pages, each seen from both sides of the tunnel at the same time.',
    '',
    ` inside   ${inner.packets} packets, ${inner.source}`,
    ` outside  ${outer.packets} packets, ${outer.source}`,
  ]
  for (const page of pages) {
    lines.push('', bold(`${page.url}: ${page.is}`))
    for (const line of page.comment.split('\n')) lines.push(dim(`  ${line}`))
    lines.push('', ...sideBySide(page, bold), '', ...conclusion(page))
  }
  lines.push('', bold('Look for yourself'), ...waysToOpen(lesson).map((line) => `  ${line}`))
  return `${lines.join('\n')}\n`
}

/** Commands that open the files. */
export function waysToOpen({ inner, outer, pages }: LessonToTell): readonly string[] {
  const name = pages[0]?.host ?? ''
  return [
    `wireshark ${quoted(inner.file)} &`,
    `wireshark ${quoted(outer.file)} &`,
    `tshark -r ${quoted(inner.file)} -Y 'tls.handshake.extensions_server_name == "${name}"'`,
    `tshark -r ${quoted(outer.file)} -Y 'frame contains "${name}"'   # nothing`,
    `tshark -r ${quoted(inner.file)} -Y 'http or http2'   # decrypted: the file holds the TLS secrets`,
  ]
}

/** What was seen, with the time since the page's first packet, ms: inside on the left. */
function sideBySide({ beganUs, inside, outside }: ShownPage, bold: (text: string) => string): readonly string[] {
  const width = Math.max(...inside.sightings.map(({ words }) => words.length), 'inside'.length) + 2
  const line = (time: string, { left = '', right = '' }: Row): string =>
    `${time.padStart(TIME_WIDTH)}  ${left.padEnd(width)}${right}`.trimEnd()
  const rows = rowsOf(inside.sightings, outside.sightings)
  return [
    bold(line('ms', { left: 'inside', right: 'outside' })),
    ...rows.map((row) => line(((row.atUs - beganUs) / 1000).toFixed(1), row)),
  ]
}

interface Row {
  readonly left?: string
  readonly right?: string
}

/** Both sides by time; what is seen outside at once stands beside it. */
function rowsOf(
  inside: readonly Sighting[],
  outside: readonly Sighting[],
): readonly (Row & { readonly atUs: number })[] {
  const rows: { readonly atUs: number; readonly left?: string; right?: string }[] = inside.map(({ atUs, words }) => ({
    atUs,
    left: words,
  }))
  for (const { atUs, words } of outside) {
    const beside = rows.find((row) => row.right === undefined && Math.abs(row.atUs - atUs) <= AT_ONCE_US)
    if (beside === undefined) rows.push({ atUs, right: words })
    else beside.right = words
  }
  return rows.toSorted((a, b) => a.atUs - b.atUs)
}

function conclusion({ host, is, tookUs, inside, outside }: ShownPage): readonly string[] {
  const to = ({ peers }: ShownPage['inside']): string => peers.map(authority).join(', ')
  const bytes = ({ sent, received }: ShownPage['inside']): string => `${sent} bytes sent, ${received} received`
  const within = `  Inside, in ${(tookUs / 1000).toFixed(0)} ms: ${host} by name, at ${to(inside)}; ${bytes(inside)}.`
  if (is === 'steered')
    return [
      within,
      `  Outside, in the same time: TLS records to and from ${to(outside)}, and nothing else; ${bytes(outside)}.`,
      `  "${host}" is nowhere in the outer capture, and nothing of its ClientHello.`,
    ]
  return [
    within,
    `  Outside: the same conversation, byte for byte, to ${to(outside)}; ${bytes(outside)}.`,
    `  Everybody on the way can read that it is ${host}.`,
  ]
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
