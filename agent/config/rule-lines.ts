// Pure: the lines rules stand on in the texts of their files. A text is scanned once, when it is first asked about.

import { formatPath } from './check.js'
import { inOriginal, type Path } from './import/prune.js'
import { type JsonNode, offsetOf, positionAt, repeatedKeys, scanJson } from './json-position.js'

interface Scanned {
  readonly root: JsonNode
  /** The offset each line begins at. */
  readonly starts: readonly number[]
}

const STEP = /\.(\w+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g

/** Finds lines by file and JSON path. */
export class RuleLines {
  readonly #texts: ReadonlyMap<string, string>
  readonly #removed: ReadonlyMap<string, readonly Path[]>
  readonly #scanned = new Map<string, Scanned | undefined>()

  /**
   * The texts by name of file; a file whose text is not there has no lines. `removed`: the paths of what was taken out of a
   * file before its rules were made.
   */
  constructor(texts: ReadonlyMap<string, string>, removed: ReadonlyMap<string, readonly Path[]> = new Map()) {
    this.#texts = texts
    this.#removed = removed
  }

  /** A rule's path as it is in the text, where elements before it may have been taken out, and its line. */
  placeOf(file: string, path: string): { readonly path: string; readonly line: number | undefined } {
    const removed = this.#removed.get(file)
    const original = removed === undefined ? path : formatPath(inOriginal(stepsOf(path), removed))
    return { path: original, line: this.lineOf(file, original) }
  }

  /** The keys that stand more than once in an object of a file, and their lines. */
  repeatedKeys(file: string): ReadonlyArray<{ readonly key: string; readonly line: number }> {
    const text = this.#texts.get(file) ?? ''
    return repeatedKeys(text).map(({ key, offset }) => ({ key, line: positionAt(text, offset).line }))
  }

  /** The line, from 1, of what stands at a path as `formatPath` writes it, or of the nearest thing around it. */
  lineOf(file: string, path: string): number | undefined {
    if (!this.#scanned.has(file)) this.#scanned.set(file, scan(this.#texts.get(file)))
    const scanned = this.#scanned.get(file)
    return scanned && lineAt(scanned.starts, offsetOf(scanned.root, stepsOf(path)))
  }
}

function stepsOf(path: string): readonly (string | number)[] {
  return [...path.matchAll(STEP)].map(([, word, index, quoted]) => {
    if (index !== undefined) return Number(index)
    return quoted === undefined ? word! : (JSON.parse(quoted) as string)
  })
}

function scan(text: string | undefined): Scanned | undefined {
  if (text === undefined) return undefined
  const root = scanJson(text)
  if ('expected' in root) return undefined
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return { root, starts }
}

/** How many lines begin at or before an offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (starts[middle]! <= offset) low = middle + 1
    else high = middle
  }
  return low
}
