// Pure: what Windows editors put first in a file, and JSON does not know.

/** A text without its byte order mark, if it has one. */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}
