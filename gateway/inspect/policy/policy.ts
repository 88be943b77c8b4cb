// Pure: the administrator's policy for what the gateway sees in clear, and the verdict of a request under it. The file's
// schema is in policy-file.ts; here are the compiled form, the facts and the answer.

/** What a rule does. `alert`: let through, and say so in the transaction log. */
export type PolicyAction = 'allow' | 'block' | 'alert'

/** What is known of a request when it is judged: at its head, and again at the head of its answer. */
export interface PolicyFacts {
  readonly user: string
  readonly process: string
  /** Normalized: lower case, no port. */
  readonly host: string
  /** Category of the host; 'uncategorized' for a host in none. */
  readonly category: string
  readonly method: string
  /** Path without query, undecoded, beginning with `/`. */
  readonly path: string
  /** Media type of the body that is being judged (the request's or the answer's), lower case without parameters; '' for none. */
  readonly contentType: string
  /** Length of that body, or the bytes of it so far; undefined while nothing is known. */
  readonly bytes: number | undefined
}

/** `upload`: the request is judged; `download`: its answer. */
export type Direction = 'upload' | 'download'

/** A verdict that explains itself. */
export interface PolicyVerdict {
  readonly action: PolicyAction
  /** Name of the rule, '' when none matched. */
  readonly rule: string
  /** One sentence in words. */
  readonly reason: string
  /** What the rule has to say to the user on the block page. */
  readonly message?: string | undefined
}

/** A policy, compiled. */
export interface Policy {
  /** The first rule that matches decides; without one everything is allowed. */
  decide(direction: Direction, facts: PolicyFacts): PolicyVerdict
  /** Whether `decide` can depend on `bytes` growing: then bodies of unknown length are counted and judged again. */
  readonly limitsBytes: { readonly upload: readonly number[]; readonly download: readonly number[] }
}

/** The policy of a tenant without rules. */
export const OPEN_POLICY: Policy = {
  decide: () => ({ action: 'allow', rule: '', reason: 'No rule of the policy matches.' }),
  limitsBytes: { upload: [], download: [] },
}
