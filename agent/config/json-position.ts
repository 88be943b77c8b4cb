// Pure: where things stand in a JSON text. JSON.parse gives values without positions, and its messages differ from one
// Node version to the next; this reads the same grammar (RFC 8259) and knows the offset of every value and of a fault.

/** One value: where it begins, and its members by key or index. */
export interface JsonNode {
  readonly offset: number
  readonly members: ReadonlyMap<string | number, JsonNode>
}

/** Why a text is not JSON: the offset where reading stopped, and what was expected there. */
export interface JsonFault {
  readonly offset: number
  readonly expected: string
}

/** Line and column from 1; columns count UTF-16 units, as editors do. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Deeper than any configuration, and shallow enough for the stack. */
export const MAX_DEPTH = 200

const NO_MEMBERS: ReadonlyMap<string | number, JsonNode> = new Map()
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const LITERAL = /true|false|null/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const SPACE = /[ \t\n\r]*/y

/** A key that stands in its object already: JSON.parse takes the last of them. */
export interface RepeatedKey {
  readonly key: string
  readonly offset: number
}

/** The keys of a text that stand in one object more than once; none when it is not JSON. */
export function repeatedKeys(text: string): readonly RepeatedKey[] {
  const scanner = new Scanner(text)
  try {
    scanner.document()
    return scanner.repeated
  } catch (error) {
    if (error instanceof Stop) return []
    throw error
  }
}

/** Reads `text`; a fault means JSON.parse refuses it too (or that it nests deeper than 200 levels). */
export function scanJson(text: string): JsonNode | JsonFault {
  const scanner = new Scanner(text)
  try {
    return scanner.document()
  } catch (error) {
    if (error instanceof Stop) return { offset: scanner.offset, expected: error.message }
    throw error
  }
}

/** The offset of the value at `path`, or of the deepest value on the way to it that exists. */
export function offsetOf(root: JsonNode, path: readonly PropertyKey[]): number {
  let node = root
  for (const key of path) {
    const member = typeof key === 'symbol' ? undefined : node.members.get(key)
    if (member === undefined) break
    node = member
  }
  return node.offset
}

/** The line and column of an offset. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

/** Ends the scan; the message says what was expected at the scanner's offset. */
class Stop extends Error {}

class Scanner {
  readonly #text: string
  readonly repeated: RepeatedKey[] = []
  offset = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): JsonNode {
    this.#skip()
    const node = this.#value(0)
    this.#skip()
    if (this.offset < this.#text.length) throw new Stop('nothing more')
    return node
  }

  #value(depth: number): JsonNode {
    if (depth > MAX_DEPTH) throw new Stop(`at most ${MAX_DEPTH} levels`)
    const offset = this.offset
    const first = this.#text[offset]
    if (first === '{') return { offset, members: this.#object(depth) }
    if (first === '[') return { offset, members: this.#array(depth) }
    if (first === '"') this.#string()
    else if (!this.#take(NUMBER) && !this.#take(LITERAL)) throw new Stop('a value')
    return { offset, members: NO_MEMBERS }
  }

  #object(depth: number): Map<string, JsonNode> {
    const members = new Map<string, JsonNode>()
    this.offset++
    this.#skip()
    if (this.#takeChar('}')) return members
    for (;;) {
      if (this.#text[this.offset] !== '"') throw new Stop('a key in double quotes')
      const start = this.offset
      this.#string()
      const key: string = JSON.parse(this.#text.slice(start, this.offset))
      this.#skip()
      if (!this.#takeChar(':')) throw new Stop('":"')
      this.#skip()
      if (members.has(key)) this.repeated.push({ key, offset: start })
      members.set(key, this.#value(depth + 1))
      this.#skip()
      if (this.#takeChar('}')) return members
      if (!this.#takeChar(',')) throw new Stop('"," or "}"')
      this.#skip()
    }
  }

  #array(depth: number): Map<number, JsonNode> {
    const members = new Map<number, JsonNode>()
    this.offset++
    this.#skip()
    if (this.#takeChar(']')) return members
    for (;;) {
      members.set(members.size, this.#value(depth + 1))
      this.#skip()
      if (this.#takeChar(']')) return members
      if (!this.#takeChar(',')) throw new Stop('"," or "]"')
      this.#skip()
    }
  }

  #string(): void {
    this.offset++
    for (;;) {
      const char = this.#text[this.offset]
      if (char === undefined || char < ' ') throw new Stop('the closing quote of a string')
      if (char === '\\') {
        if (!this.#take(ESCAPE)) throw new Stop('an escape such as \\n or \\u00e9')
        continue
      }
      this.offset++
      if (char === '"') return
    }
  }

  #skip(): void {
    this.#take(SPACE)
  }

  #takeChar(char: string): boolean {
    if (this.#text[this.offset] !== char) return false
    this.offset++
    return true
  }

  #take(token: RegExp): boolean {
    token.lastIndex = this.offset
    if (!token.test(this.#text)) return false
    this.offset = token.lastIndex
    return true
  }
}
