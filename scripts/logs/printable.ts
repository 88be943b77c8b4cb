// Pure: text of a log for a terminal.

/** The text with `?` for what is not printed: a log may hold what moves a terminal's cursor. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?')
}
