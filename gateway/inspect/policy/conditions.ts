// Pure: the conditions of one rule, compiled. A condition that holds says in words which of its values matched.

import { boundedText } from '../judge/bounded-text.js'
import { HostList } from './host-list.js'
import { normalizePath } from './path-reading.js'
import type { PolicyFacts } from './policy.js'
import type { PolicyFileRule } from './policy-file.js'
import { compileWildcard } from './wildcard.js'

/** The facts of one reading of a path; `sentAs`: the path as the client sent it, where `path` is another reading of it. */
export interface ReadFacts extends PolicyFacts {
  readonly sentAs?: string
}

/** What matched, such as `method POST`; undefined when the condition does not hold. */
export type Condition = (facts: ReadFacts) => string | undefined

/** Longest piece of a client's value that a reason shows, in characters. */
const MAX_SHOWN = 120

/** The conditions of a rule, in the order in which its reason names them; none when it matches everything. */
export function conditionsOf(rule: PolicyFileRule): readonly Condition[] {
  return [
    ...given(rule.users, (users) => anyCase('user', users, (facts) => facts.user)),
    ...given(rule.processes, (names) => anyCase('process', names, (facts) => facts.process)),
    ...given(rule.hosts, ofHosts),
    ...given(rule.categories, (names) => anyCase('category', names, (facts) => facts.category)),
    ...given(rule.methods, (methods) => anyCase('method', methods, (facts) => facts.method)),
    ...given(rule.paths, ofPaths),
    ...given(rule.contentTypes, (types) => anyCase('content type', types, (facts) => facts.contentType)),
    ...ofBytes(rule),
  ]
}

function given(
  list: readonly string[] | undefined,
  compile: (list: readonly string[]) => Condition,
): readonly Condition[] {
  return list === undefined ? [] : [compile(list)]
}

/** One of some patterns, whatever the case of its letters. */
function anyCase(what: string, patterns: readonly string[], read: (facts: PolicyFacts) => string): Condition {
  const compiled = patterns.map((pattern) => ({ pattern, matches: compileWildcard(pattern.toLowerCase()) }))
  return (facts) => {
    const value = read(facts)
    const lower = value.toLowerCase()
    const found = compiled.find(({ matches }) => matches(lower))
    if (found === undefined) return undefined
    return `${what} ${shown(value)}${found.pattern.includes('*') ? ` is like ${found.pattern}` : ''}`
  }
}

function ofHosts(hosts: readonly string[]): Condition {
  const list = new HostList(hosts)
  return ({ host }) => {
    const entry = list.entryOf(host)
    return entry && `host ${shown(host)}${entry.startsWith('*.') ? ` is covered by ${entry}` : ''}`
  }
}

/** Patterns are tried as they are written and as they are read, because paths come in both ways. */
function ofPaths(paths: readonly string[]): Condition {
  const compiled = paths.map((path) => {
    const isWild = path.includes('*')
    const forms = [...new Set([path, normalizePath(path)])]
    const tests = forms.map((form) => compileWildcard(isWild ? form : `${form}*`))
    return { path, verb: isWild ? 'is like' : 'begins with', tests }
  })
  return ({ path, sentAs }) => {
    const found = compiled.find(({ tests }) => tests.some((matches) => matches(path)))
    return (
      found &&
      `path ${shown(path)}${sentAs === undefined ? '' : `, sent as ${shown(sentAs)},`} ${found.verb} ${found.path}`
    )
  }
}

function ofBytes({ minBytes, maxBytes }: PolicyFileRule): readonly Condition[] {
  const bounds = [
    ...(minBytes === undefined ? [] : [`at least ${minBytes}`]),
    ...(maxBytes === undefined ? [] : [`at most ${maxBytes}`]),
  ].join(' and ')
  if (bounds === '') return []
  const least = minBytes ?? 0
  const most = maxBytes ?? Number.POSITIVE_INFINITY
  return [
    ({ bytes }) =>
      bytes !== undefined && bytes >= least && bytes <= most ? `${bytes} bytes are ${bounds}` : undefined,
  ]
}

function shown(value: string): string {
  return boundedText(value, MAX_SHOWN)
}
