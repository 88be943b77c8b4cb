// Pure: the administrator's policy: `<home>/gateway/policy.json` and its schema. Rules are asked in their order and the
// first that matches decides. Of a rule all conditions must hold; of a list of values one is enough; a condition that is
// not given holds always. `*` stands for any characters, but in hosts (host-list.ts); only in paths case counts.
//
//   { "rules": [ { "name": "No uploads", "action": "block", "hosts": ["*.box.com"], "methods": ["POST", "PUT"] } ] }

import type * as z from 'zod'
import { matching, oneOf, only, wholeNumber } from '../../../agent/config/schema/strict-values.js'
import { listOf, textThat } from '../../../agent/config/schema/values.js'
import { hostEntry } from './host-list.js'

const MESSAGE = 'a text of at most 500 characters'
const NO_OTHER = 'a name that no other rule has'

/** Largest size in bytes: 1 PiB, well below where numbers become inexact. */
const MOST_BYTES = 2 ** 50

const ruleSchema = only({
  /** Stands in the transaction log and on the block page. */
  name: matching(/^[^\p{Cc}]{1,100}$/u, 'a name of 1 to 100 characters'),
  /** `alert`: let through, and say so in the transaction log. */
  action: oneOf(['allow', 'block', 'alert']),
  /** Whether requests are judged or the answers to them; content type and size are of that body. */
  direction: oneOf(['upload', 'download']).default('upload'),
  users: oneOrMore(
    matching(/^[^\p{Cc}]{1,256}$/u, 'an e-mail address, or one with * such as "*@acme.com"'),
    'a list of users',
  ),
  processes: oneOrMore(
    matching(/^[^/\\\p{Cc}]{1,256}$/u, 'the file name of a program without directories, such as "chrome.exe"'),
    'a list of programs',
  ),
  hosts: oneOrMore(hostEntry, 'a list of host names'),
  categories: oneOrMore(matching(/^(?=.*\S)[^\p{Cc}]{1,100}$/u, 'the name of a category'), 'a list of categories'),
  methods: oneOrMore(matching(/^[A-Za-z][A-Za-z-]{0,31}$/, 'a method such as "POST"'), 'a list of methods'),
  /** Without `*` whatever begins so, with it the whole path. The query is no part of it. */
  paths: oneOrMore(
    matching(/^\/[^?#\p{Cc}]{0,1023}$/u, 'a path that begins with / and has no query, such as "/upload" or "/*.exe"'),
    'a list of paths',
  ),
  contentTypes: oneOrMore(
    matching(/^[\w.+*-]{1,127}\/[\w.+*-]{1,127}$/, 'a media type without parameters, such as "video/*"'),
    'a list of media types',
  ),
  /** Sizes in bytes, both included. Of a body whose size nobody says, what has gone by when it is judged again counts. */
  minBytes: wholeNumber(1, MOST_BYTES).optional(),
  maxBytes: wholeNumber(0, MOST_BYTES).optional(),
  /** Words for the user on the block page. */
  message: textThat(MESSAGE, (text) => text.length <= 500).optional(),
}).refine(({ minBytes = 0, maxBytes = MOST_BYTES }) => minBytes <= maxBytes, {
  path: ['maxBytes'],
  error: 'no less than minBytes',
})

/** The schema of policy.json; `{}` is a policy without rules. */
export const policyFileSchema = only({
  rules: listOf(ruleSchema, 'a list of rules')
    .superRefine((rules, context) => {
      const names = new Set<string>()
      for (const [index, { name }] of rules.entries()) {
        // The transaction log knows a rule by its name alone.
        if (names.has(name)) context.addIssue({ code: 'custom', path: [index, 'name'], message: NO_OTHER })
        names.add(name)
      }
    })
    .default([]),
})

/** policy.json, checked. */
export type PolicyFile = Readonly<z.infer<typeof policyFileSchema>>

/** One rule of it. */
export type PolicyFileRule = PolicyFile['rules'][number]

/** A list that may be left out: an empty one would be a condition that never holds. */
function oneOrMore<Item extends z.ZodType>(item: Item, what: string) {
  const allowed = `${what}, not empty`
  return listOf(item, allowed).min(1, { error: allowed }).optional()
}
