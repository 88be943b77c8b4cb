// Pure: header lines of HTTP/1.1 read strictly: what one program could read otherwise than another is not read at all
// (RFC 9112 2.2, 5). So no bare CR or LF, no folded line, no space before a colon.

/** The end of a head. */
export const HEAD_END = '\r\n\r\n'

const LINE = /^([!#$%&'*+.^_`|~\w-]+):[\t ]*((?:[!-~\x80-\xff]+(?:[\t ]+[!-~\x80-\xff]+)*)?)[\t ]*$/

/** Names and values one after the other, as node:http's rawHeaders; undefined when a line is none. */
export function readHeaderLines(lines: readonly string[]): string[] | undefined {
  const raw: string[] = []
  for (const line of lines) {
    const parts = LINE.exec(line)
    if (parts === null) return undefined
    raw.push(parts[1] as string, parts[2] as string)
  }
  return raw
}

/** The lines of a head: its first line, and headers. */
export function headText(first: string, raw: readonly string[]): string {
  let text = `${first}\r\n`
  for (let at = 0; at < raw.length; at += 2) text += `${raw[at]}: ${raw[at + 1]}\r\n`
  return `${text}\r\n`
}

/** The one value of a Content-Length; undefined for none, `odd` for what could be read in two ways (RFC 9112 6.3). */
export function contentLength(raw: readonly string[]): number | undefined | 'odd' {
  let length: number | undefined
  for (let at = 0; at < raw.length; at += 2) {
    if (raw[at]?.length !== 14 || raw[at]?.toLowerCase() !== 'content-length') continue
    const value = raw[at + 1] as string
    if (length !== undefined || !/^\d{1,15}$/.test(value)) return 'odd'
    length = Number(value)
  }
  return length
}
