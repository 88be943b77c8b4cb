// Pure: what an answer of the gateway's own says, before it has a form.

/** One fact: its key in JSON, its label for people, its value; people are not shown an empty one. */
export type PageFact = readonly [key: string, label: string, value: string | number | boolean]

/** What an answer says, in any form. */
export interface PageContent {
  readonly status: number
  /** What stands first in JSON: `{ error: 'blocked' }`. */
  readonly mark: Readonly<Record<string, string | boolean>>
  readonly title: string
  /** One or two sentences. */
  readonly message: string
  readonly facts: readonly PageFact[]
}

/** The facts that people are shown, in words. */
export function shownFacts(facts: readonly PageFact[]): ReadonlyArray<{ key: string; label: string; value: string }> {
  return facts
    .filter(([, , value]) => value !== '')
    .map(([key, label, value]) => ({ key, label, value: typeof value === 'boolean' ? yesOrNo(value) : String(value) }))
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no'
}
