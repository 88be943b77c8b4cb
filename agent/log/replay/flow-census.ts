// Pure: the distinct flows of logs, each with how often and when. A log of millions of lines has some thousands of them,
// and only those need to be decided again.

import type { DeviceClass } from '../../steering/flow.js'
import { detached } from '../detached.js'
import type { Recognised } from '../recognise.js'
import { type FlowForm, flowFormOf, textAt } from '../report/flow-forms.js'
import { PinnedPairs } from '../report/pinned-pairs.js'
import { type Place, placeAfter, UNKNOWN_PLACE, withSource } from './place.js'
import { type ToldFlow, toldFlow } from './told-flow.js'

/** Flows that are alike. */
export interface CountedFlow {
  readonly told: ToldFlow
  readonly place: Place
  readonly count: number
  /** Microseconds as in LogRecord.time. */
  readonly first: number
  readonly last: number
}

/** The flows of logs. */
export interface Census {
  readonly flows: readonly CountedFlow[]
  /** Every kind of line, those that are the second of a flow too. */
  readonly told: readonly ToldFlow[]
  /** Flows that are in none of these, because there was no room for them. */
  readonly untoldFlows: number
  /** What the logs last said of the device. */
  readonly device: DeviceClass | undefined
}

/** How much is kept apart. */
export interface CensusOptions {
  /** Whether flows from different addresses of the endpoint are kept apart. */
  readonly bySource?: boolean
  /** Most distinct flows. Default 200,000, which take 150 MB. */
  readonly maxFlows?: number
}

interface Entry {
  readonly told: ToldFlow
  readonly place: Place
  /** What stands in the host's place, also if it is an address. */
  readonly hostText: string
  readonly kept: boolean
  count: number
  first: number
  last: number
}

/** A place with the flows seen there, by what makes their messages alike. */
interface Visited {
  readonly place: Place
  readonly key: string
  readonly known: WeakMap<object, Entry>
}

const MAX_FLOWS = 200_000

/** Longest text of a flow that is kept, UTF-16 units: two names of 255 bytes, addresses, and what stands between. */
const MAX_KEY = 1000

/** Most places, that is addresses, that are kept apart; a fleet in one log may have a few thousand. */
const MAX_PLACES = 10_000

/** Counts distinct flows. */
export class FlowCensus {
  readonly #bySource: boolean
  readonly #maxFlows: number
  readonly #pairs = new PinnedPairs()
  readonly #entries = new Map<string, Entry>()
  readonly #places = new Map<string, Visited>()
  #here: Visited
  #device: DeviceClass | undefined
  #untoldFlows = 0

  constructor({ bySource = false, maxFlows = MAX_FLOWS }: CensusOptions = {}) {
    this.#bySource = bySource
    this.#maxFlows = maxFlows
    this.#here = this.#visit(UNKNOWN_PLACE)
  }

  /** Another log, which says again where it was written. */
  beginLog(): void {
    this.#pairs.beginLog()
    this.#goTo(UNKNOWN_PLACE)
  }

  /** Takes a message and its time, microseconds. */
  add(time: number, recognised: Recognised): void {
    const form = flowFormOf(recognised)
    if (form === undefined) this.#goTo(placeAfter(this.#here.place, recognised))
    else this.#addFlow(time, recognised, form)
  }

  #addFlow(time: number, recognised: Recognised, form: FlowForm): void {
    if (this.#bySource && form.source >= 0) {
      const source = recognised.text(form.source)
      this.#goTo(withSource(this.#here.place, source.slice(0, source.lastIndexOf(':'))))
    }
    const entry = this.#entryOf(recognised, form)
    const { told, hostText, kept } = entry
    if (form.verdict === 'pinned-tunnel') this.#pairs.begun(told.process, hostText, time)
    else if (form.verdict === 'tunneled' && this.#pairs.completes(told.process, hostText, time)) return
    if (!kept) this.#untoldFlows++
    entry.count++
    if (time < entry.first) entry.first = time
    if (time > entry.last) entry.last = time
  }

  #entryOf(recognised: Recognised, form: FlowForm): Entry {
    const { alike } = recognised
    const known = alike && this.#here.known.get(alike)
    if (known !== undefined) return known
    const entry = this.#findEntry(recognised, form)
    if (alike !== undefined && entry.kept) this.#here.known.set(alike, entry)
    return entry
  }

  #findEntry(recognised: Recognised, form: FlowForm): Entry {
    const told = toldFlow(recognised, form)
    const hostText = textAt(recognised, form.host)
    const { verdict, process, ip, port } = told
    const key = `${this.#here.key}\0${verdict}\0${process}\0${hostText}\0${ip}\0${port}`
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const kept = this.#entries.size < this.#maxFlows && key.length <= MAX_KEY
    const entry: Entry = {
      told: kept ? (JSON.parse(JSON.stringify(told)) as ToldFlow) : told,
      place: this.#here.place,
      hostText: kept ? detached(hostText) : hostText,
      kept,
      count: 0,
      first: Number.POSITIVE_INFINITY,
      last: Number.NEGATIVE_INFINITY,
    }
    if (kept) this.#entries.set(detached(key), entry)
    return entry
  }

  #goTo(place: Place): void {
    if (place === this.#here.place) return
    if (place.device !== undefined) this.#device = place.device
    this.#here = this.#visit(this.#bySource ? place : { ...place, source4: '', source6: '' })
  }

  #visit(place: Place): Visited {
    const key = `${place.location}\0${place.device}\0${place.source4}\0${place.source6}`
    const known = this.#places.get(key)
    if (known !== undefined) return known
    if (this.#places.size >= MAX_PLACES) return this.#here
    const visited = { place, key, known: new WeakMap() }
    this.#places.set(key, visited)
    return visited
  }

  /** What was counted so far. */
  result(): Census {
    const entries = [...this.#entries.values()]
    return {
      flows: entries
        .filter(({ count }) => count > 0)
        .map(({ told, place, count, first, last }) => ({ told, place, count, first, last })),
      told: entries.map(({ told }) => told),
      untoldFlows: this.#untoldFlows,
      device: this.#device,
    }
  }
}
