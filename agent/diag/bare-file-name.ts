// Pure: names of files that diagnostics make in the log directory: a name and no path, as documented for captures, and
// none that would go over the log itself.

/** Longest name of a file, bytes (NAME_MAX). A ring's number takes some of it. */
const MOST_BYTES = 240

/** What is wrong with a name, as the end of a sentence; undefined for a good one. */
export function whyNoBareName(name: string): string | undefined {
  if (name.includes('/')) return 'has a path; the file lands in the log directory, so give its bare name'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (name === '' || name === '.' || name === '..' || /[\x00-\x1f\x7f]/.test(name)) return 'is no name of a file'
  if (Buffer.byteLength(name) > MOST_BYTES) return `is longer than ${MOST_BYTES} bytes`
  if (/^nsdebuglog/i.test(name)) return "is the name of the client's own log"
  return undefined
}
