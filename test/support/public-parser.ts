/**
 * What the public parser of the format finds: the regular expressions of tabernarious/netskope-client-log-review as the
 * reference gives them (3.1), applied here by our own code; and the sections its real script prints.
 */

/** Process -> what the parser lists for it, by section. */
export type Sections = Readonly<Record<Section, ReadonlyMap<string, ReadonlySet<string>>>>

/** The sections, each with the words its heading has in the script's output. */
export const HEADINGS = {
  private: 'Exceptions to Private IPs',
  pinned: 'Exceptions from Cert-Pinned Apps',
  tunneled: 'Exceptions by Tunneling from Cert-Pinned Apps',
  domain: 'Exceptions to Domains',
  web: 'Steered Web Traffic',
  other: 'Steered Non-Web Traffic',
} as const

/** One section of the output. */
export type Section = keyof typeof HEADINGS

interface Rule {
  readonly process: RegExp
  /** All must be found; `entry` makes the listed text of what their groups hold. */
  readonly parts: Readonly<Record<string, RegExp>>
  readonly optional?: string
  readonly entry: (found: Readonly<Record<string, string | undefined>>) => string
}

const HOST = / host: (.+)$/
const RULES: Readonly<Record<Section, Rule>> = {
  private: {
    process: / Bypassing flow from process: (.+) to private ip/,
    parts: { ip: / private ip: (.+), Port/, port: / Port: ([0-9]+), host/ },
    entry: ({ ip, port }) => `${ip}:${port}`,
  },
  pinned: {
    process: / Bypassing connection from process: (.+), host:/,
    parts: { host: HOST },
    entry: ({ host }) => `${host}`,
  },
  tunneled: {
    process: / Bypassing connection by tunneling from process: (.+), host:/,
    parts: { host: HOST },
    entry: ({ host }) => `${host}`,
  },
  domain: {
    process: / process: (.+), Dest IP/,
    parts: {
      host: / bypassing flow to exception host: (.+), process:/,
      ip: / Dest IP: (.+), Dest Port/,
      port: / Port: ([0-9]+)$/,
    },
    entry: ({ host, ip, port }) => `${host} (${ip}:${port})`,
  },
  web: {
    process: / Tunneling flow from addr: .*, process: (.+) to host:.*to nsProxy$/,
    parts: { host: / host: (.+),/, ip: /, addr: (.+):/ },
    optional: 'host',
    entry: ({ host, ip }) => `${host ?? ip}`,
  },
  other: {
    process: / Tunneling flow from addr: .*, process: (.+) to host:.*to app-fw$/,
    parts: { host: / host: (.+),/, ip: /, addr: ([0-9.]+):/, port: /, addr: [0-9.]+:([0-9]+)/ },
    optional: 'host',
    entry: ({ host, ip, port }) => (host === undefined ? `${ip}:${port}` : `${host}:${port} (${ip})`),
  },
}

/** An empty answer, to be filled. */
export function noSections(): Record<Section, Map<string, Set<string>>> {
  return {
    private: new Map(),
    pinned: new Map(),
    tunneled: new Map(),
    domain: new Map(),
    web: new Map(),
    other: new Map(),
  }
}

/** Adds an entry. */
export function list(sections: ReturnType<typeof noSections>, section: Section, process: string, entry: string): void {
  const known = sections[section].get(process)
  if (known === undefined) sections[section].set(process, new Set([entry]))
  else known.add(entry)
}

/** What the expressions find in a log; every line is shown to all of them, as the script does. */
export function foundByExpressions(log: string): Sections {
  const sections = noSections()
  // Python's universal newlines.
  for (const line of log.split(/\r?\n/))
    for (const [section, rule] of Object.entries(RULES) as [Section, Rule][]) {
      const process = rule.process.exec(line)?.[1]
      if (process === undefined) continue
      const found = Object.entries(rule.parts).map(([name, part]) => [name, part.exec(line)?.[1]] as const)
      if (found.some(([name, value]) => value === undefined && name !== rule.optional)) continue
      list(sections, section, process.trim(), rule.entry(Object.fromEntries(found)))
    }
  return sections
}

/** What the script's output lists. */
export function readOutput(output: string): Sections {
  const sections = noSections()
  let section: Section | undefined
  for (const line of output.split('\n')) {
    const heading = (Object.entries(HEADINGS) as [Section, string][]).find(
      ([, words]) => line.startsWith('##') && line.includes(words),
    )
    if (heading !== undefined) section = heading[0]
    const [, process, entries] = /^PROCESS: (.*?): (.*)$/.exec(line) ?? []
    if (section === undefined || process === undefined || entries === undefined) continue
    for (const entry of entries.split(', ')) list(sections, section, process, entry)
  }
  return sections
}
