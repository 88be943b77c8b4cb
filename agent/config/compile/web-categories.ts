// Pure: which hosts belong to a web category. The real categories are the cloud's (tens of millions of hosts) and not
// public; these few are ours, for the categories that are exceptions by default (client-behaviour 2.3). A file may
// name more hosts of a category, or a category of its own.

import { withoutWildcard } from './half-lists.js'

const AUDIO = ['spotify.com', 'scdn.co', 'soundcloud.com', 'deezer.com', 'tidal.com']
const VIDEO = ['youtube.com', 'googlevideo.com', 'netflix.com', 'nflxvideo.net', 'vimeo.com', 'twitch.tv']

// Two names of one category: the documentation's text has the shorter ones, its REST sample the longer.
const HOSTS: Readonly<Record<string, readonly string[]>> = {
  'Finance/Accounting': ['paypal.com', 'chase.com', 'bankofamerica.com', 'hsbc.com', 'stripe.com', 'intuit.com'],
  'Internet Telephony': ['skype.com', 'ringcentral.com', 'vonage.com', '8x8.com'],
  'Streaming Audio': AUDIO,
  'Streaming & Downloadable Audio': AUDIO,
  'Streaming Video': VIDEO,
  'Streaming & Downloadable Video': VIDEO,
  'Telecom and Call Center': ['twilio.com', 'genesys.com', 'five9.com', 'talkdesk.com'],
  'Web Conferencing': ['zoom.us', 'webex.com', 'gotomeeting.com', 'bluejeans.com', 'whereby.com'],
}

/** The names of the categories that are known without a file naming their hosts. */
export const KNOWN_CATEGORIES: readonly string[] = Object.keys(HOSTS)

/** The domains of a category exception, each for itself and all below it, with or without `*.`. */
export function categoryDomains(entry: {
  readonly name: string
  readonly domains?: readonly string[] | undefined
}): readonly string[] {
  const known = Object.hasOwn(HOSTS, entry.name) ? HOSTS[entry.name]! : []
  return [...(entry.domains ?? []).map(withoutWildcard), ...known]
}
