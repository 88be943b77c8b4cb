// Pure: the traffic mode behind a word of the vendor's. Only "web" is public; the others are guessed from the names of
// the modes in the documentation (client-behaviour 2.1), and whoever asks tells the user that it is a guess.

/** The modes of nssteering.json. */
export type TrafficMode = 'web' | 'cloud-apps' | 'all'

/** A mode, and whether its word is one that is known. */
export interface ReadMode {
  readonly mode: TrafficMode
  readonly guessed: boolean
}

const KNOWN: ReadonlySet<string> = new Set<TrafficMode>(['web', 'cloud-apps', 'all'])

const GUESSES: ReadonlyArray<readonly [pattern: RegExp, mode: TrafficMode]> = [
  // `nsdiag -f` calls it "All Web Traffic".
  [/web/i, 'web'],
  // "Cloud firewall" is the licence that all traffic needs.
  [/all|firewall|cfw/i, 'all'],
  [/cloud|casb|app/i, 'cloud-apps'],
]

/**
 * The mode that `word` means. Where there is no word, or nobody could say which it means, a list of apps to be steered
 * means cloud apps, and none means web: these are the documented defaults on and off premises.
 */
export function readTrafficMode(word: string | undefined, hasSteeredApps: boolean): ReadMode {
  if (word !== undefined && KNOWN.has(word)) return { mode: word as TrafficMode, guessed: false }
  const guess = GUESSES.find(([pattern]) => word !== undefined && pattern.test(word))
  return { mode: guess?.[1] ?? (hasSteeredApps ? 'cloud-apps' : 'web'), guessed: true }
}
