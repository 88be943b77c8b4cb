// Pure: text from outside, cut to a length.

/** The text, or its first `most` - 1 UTF-16 units and an ellipsis; a character is not cut in two. */
export function boundedText(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}\u2026`
}
