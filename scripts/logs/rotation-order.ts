// Pure: which files are one log, and which of them is older. The client rotates nsdebuglog.log to nsdebuglog.1.log;
// documents also say nsdebug.log. npadebuglog.log beside it is another format and belongs to neither.

const LOG_NAME = /^(nsdebuglog|nsdebug)(?:\.(\d{1,9}))?\.log(\.gz)?$/i

/** The log a file is a part of, `nsdebuglog` or `nsdebug`; undefined for the name of anything else. */
export function logFamily(name: string): string | undefined {
  return LOG_NAME.exec(name)?.[1]?.toLowerCase()
}

/**
 * The names of one family, oldest first: the higher the number the older, the one without a number is the newest.
 * A compressed file beside its plain twin (`gzip --keep`) is left out, or its lines would count twice.
 */
export function oldestFirst(names: readonly string[]): readonly string[] {
  const all = new Set(names)
  return names
    .filter((name) => !all.has(name.replace(/\.gz$/i, '')) || !/\.gz$/i.test(name))
    .toSorted((a, b) => age(b) - age(a) || (a < b ? -1 : 1))
}

function age(name: string): number {
  return Number(LOG_NAME.exec(name)?.[2] ?? -1)
}
