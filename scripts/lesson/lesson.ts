// Pure: what two captures of the same moments prove: inside, the host is named; outside, of a steered page nothing but the
// tunnel is to be seen, and of a bypassed one the very same bytes. What cannot be shown is a fault, not a lesson.

import type { CaptureContents } from '../../agent/capture-file/pcapng-reader.js'
import { SteerError } from '../../agent/errors.js'
import type { Endpoint } from '../../agent/steering/flow.js'
import { type Conversation, conversationsOf, packetsOf } from './conversations.js'
import { conversationSightings, dnsSightings, type Sighting } from './sightings.js'
import { isTls } from './tls-records.js'

/** A page that was loaded. */
export interface Page {
  readonly url: string
  readonly host: string
  readonly is: 'steered' | 'bypassed'
}

/** A capture file, read. */
export interface ReadCapture {
  readonly contents: CaptureContents
  /** The file's bytes. */
  readonly bytes: Buffer
}

/** What there is to show of a page. */
export interface ShownPage extends Page {
  /** When its first packet was seen inside, microseconds since 1970. */
  readonly beganUs: number
  /** How long it took, microseconds. */
  readonly tookUs: number
  /** What the agent wrote beside its first packet: process, verdict, rule. */
  readonly comment: string
  readonly inside: Side
  /** In the same time. */
  readonly outside: Side
}

/** What one of the observers sees of a page. */
export interface Side {
  readonly sightings: readonly Sighting[]
  /** Whom the application, or the agent, talks to: addresses with ports. */
  readonly peers: readonly Endpoint[]
  /** Bytes of payload to them and from them. */
  readonly sent: number
  readonly received: number
}

/** Where a hello's 32 random bytes are: behind headers of record and message, and the version (RFC 8446 4.1.2). */
const RANDOM = { begin: 11, end: 43 } as const

/**
 * What the captures show of a page; `others` were loaded meanwhile too. Throws SteerError `lesson-failed` where the evidence is
 * missing, or proves the contrary.
 */
export function showPage(page: Page, others: readonly Page[], inner: ReadCapture, outer: ReadCapture): ShownPage {
  const packets = packetsOf(inner.contents.packets)
  const conversation = must(
    conversationsOf(packets).find(({ sni }) => sni === page.host),
    `the inner capture has no conversation that names ${page.host}`,
  )
  const sightings = inOrder([...dnsSightings(packets, page.host), ...conversationSightings(conversation)])
  const beganUs = sightings[0]!.atUs
  const endUs = sightings.at(-1)!.atUs
  const all = conversationsOf(packetsOf(outer.contents.packets))
  if (page.is === 'steered') checkHidden(page.host, conversation, outer.bytes, all)
  const isThen = ({ atUs }: { readonly atUs: number }): boolean => atUs >= beganUs && atUs <= endUs
  const outside =
    page.is === 'steered'
      ? sideOf(onlyTunnel(page, conversation, others, all), isThen)
      : sideOf([sameOutside(page.host, conversation, all)], () => true)
  if (outside.sent === 0 || outside.received === 0)
    throw failed(
      `the outer capture shows nothing of the ${Math.round((endUs - beganUs) / 1000)} ms in which ${page.host} was loaded`,
    )
  return {
    ...page,
    beganUs,
    tookUs: endUs - beganUs,
    comment: conversation.comment,
    inside: { ...sideOf([conversation], () => true), sightings },
    outside,
  }
}

/** What is seen of conversations at those times. */
function sideOf(conversations: readonly Conversation[], isThen: (seen: { readonly atUs: number }) => boolean): Side {
  const then = conversations.filter(({ segments }) => segments.some(isThen))
  const bytes = (fromClient: boolean): number =>
    then
      .flatMap(({ segments }) => segments.filter((one) => one.fromClient === fromClient && isThen(one)))
      .reduce((sum, { payload }) => sum + payload.length, 0)
  return {
    // Records are counted from a conversation's beginning on.
    sightings: inOrder(then.flatMap(conversationSightings).filter(isThen)),
    peers: then.map(({ server }) => server),
    sent: bytes(true),
    received: bytes(false),
  }
}

/** What is outside, but for the bypassed pages: TLS, and not to the host itself. */
function onlyTunnel(
  { host }: Page,
  inside: Conversation,
  others: readonly Page[],
  outside: readonly Conversation[],
): readonly Conversation[] {
  const tunnel = outside.filter(({ sni }) => !others.some((other) => other.is === 'bypassed' && other.host === sni))
  if (tunnel.some(({ server }) => server.ip === inside.server.ip))
    throw failed(`the outer capture shows a connection to ${inside.server.ip}, which is ${host}`)
  if (!tunnel.every(({ sent, received }) => isTls(sent) && isTls(received)))
    throw failed('the outer capture shows something other than TLS')
  return tunnel
}

/** The host is not named outside, nor is anything of its hello there. */
function checkHidden(host: string, inside: Conversation, file: Buffer, outside: readonly Conversation[]): void {
  const inDns = host.split('.').map((label) => String.fromCharCode(label.length) + label)
  const canaries = [Buffer.from(host), Buffer.from(inDns.join('')), inside.sent.subarray(RANDOM.begin, RANDOM.end)]
  // The file has all packets; in the streams a name that is cut by a packet's end is whole.
  const places = [file, ...outside.flatMap(({ sent, received }) => [sent, received])]
  if (places.some((place) => canaries.some((canary) => place.includes(canary))))
    throw failed(`the outer capture shows ${host}, which is steered`)
}

/** The conversation outside that has the host's name and the bytes of the one inside. */
function sameOutside(host: string, inside: Conversation, all: readonly Conversation[]): Conversation {
  const outside = must(
    all.find(({ sni }) => sni === host),
    `the outer capture has no conversation that names ${host}`,
  )
  if (!agree(inside.sent, outside.sent) || !agree(inside.received, outside.received))
    throw failed(`outside, other bytes go to and from ${host} than inside`)
  return outside
}

/** Whether both begin alike: one side may have gone away before the last bytes. */
function agree(one: Buffer, other: Buffer): boolean {
  const length = Math.min(one.length, other.length)
  return length > 0 && one.subarray(0, length).equals(other.subarray(0, length))
}

function inOrder(sightings: readonly Sighting[]): readonly Sighting[] {
  return sightings.toSorted((a, b) => a.atUs - b.atUs)
}

function must<T>(found: T | undefined, otherwise: string): T {
  if (found === undefined) throw failed(otherwise)
  return found
}

function failed(why: string): SteerError {
  return new SteerError('lesson-failed', `the lesson has no evidence: ${why}`)
}
