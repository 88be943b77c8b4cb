// Pure: patterns in which `*` stands for any characters, also none. Not regular expressions: what is matched comes from
// clients, and must cost no more than its length.

/**
 * Whether a text matches as a whole; case counts. Linear in the text: the pieces between the asterisks are looked for one
 * after the other, each from where the one before ended, which finds a match where there is one.
 */
export function compileWildcard(pattern: string): (text: string) => boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return (text) => text === pattern
  return (text) => {
    const end = text.length - last.length
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const piece of rest) {
      at = text.indexOf(piece, at)
      if (at === -1) return false
      at += piece.length
    }
    return at <= end
  }
}
