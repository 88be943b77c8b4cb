// Pure: whose log it is: version, system, names, users and addresses, as its own messages say them.

import { detached } from '../detached.js'
import type { EventNamed } from '../event.js'
import type { MessageGroup } from '../message-form.js'
import type { Recognised } from '../recognise.js'
import type { Report } from './report.js'

/** Most values of each kind; one endpoint has a handful, a hostile file may have millions. */
const MAX_VALUES = 1000

/** Groups whose messages say something of the client. */
const TELLING: ReadonlySet<MessageGroup> = new Set(['startup', 'tunnel', 'mode', 'posture'])

/** Gathers what logs say of their clients. */
export class ClientTally {
  readonly #versions = new Set<string>()
  readonly #systems = new Set<string>()
  readonly #hostnames = new Set<string>()
  readonly #users = new Set<string>()
  readonly #addresses = new Set<string>()
  readonly #writers = new Map<string, number>()
  #mode: string | undefined
  /** Sources of flows, each with its colon. */
  readonly #sources = new Map<string, string>()
  /** The one seen last: most flows have the same. */
  #source = 'none'

  /** Takes the process column of a record. */
  addWriter(process: string): void {
    const lines = this.#writers.get(process)
    if (lines !== undefined || this.#writers.size < MAX_VALUES) this.#writers.set(process, (lines ?? 0) + 1)
  }

  /** Takes the source of a flow, `ip:port`. */
  addSource(endpoint: string): void {
    if (endpoint.startsWith(this.#source) && endpoint.indexOf(':', this.#source.length) < 0) return
    const ip = endpoint.slice(0, endpoint.lastIndexOf(':'))
    const known = this.#sources.get(ip)
    if (known === undefined && this.#sources.size >= MAX_VALUES) return
    this.#source = known ?? detached(`${ip}:`)
    if (known === undefined) this.#sources.set(detached(ip), this.#source)
    put(this.#addresses, ip)
  }

  /** Takes a message that is no flow. */
  add(recognised: Recognised): void {
    if (!TELLING.has(recognised.form.group)) return
    const { event } = recognised
    switch (event.type) {
      case 'user-agent':
        put(this.#versions, event.version)
        put(this.#systems, event.os)
        put(this.#hostnames, event.hostname)
        break
      case 'user-agent-hostname':
        put(this.#hostnames, event.hostname)
        break
      case 'windows-edition':
        put(this.#systems, `${event.edition} build ${event.build}`)
        break
      case 'current-user':
        put(this.#users, event.user)
        break
      case 'preferred-source-ip':
      case 'tunnel-source-ip':
        put(this.#addresses, event.ip)
        break
      case 'network-changed':
        put(this.#addresses, event.to)
        break
      case 'client-location':
        this.#mode = detached(`${event.location}, traffic mode ${event.trafficMode}, DNS ${event.dnsMode}`)
        break
      case 'client-status':
        this.#learnStatus(event)
        break
      default:
    }
  }

  /** `{"client_status":{"host_info":{"os":...,"os_version":...,"hostname":...}}}` (reference 2.10, row 80). */
  #learnStatus({ json }: EventNamed<'client-status'>): void {
    const { os, os_version, hostname } = hostInfoOf(json)
    if (typeof hostname === 'string') put(this.#hostnames, hostname)
    const system = [os, os_version].filter((part) => typeof part === 'string').join(' ')
    put(this.#systems, system)
  }

  /** What was gathered so far. */
  result(): Report['client'] {
    return {
      versions: [...this.#versions],
      systems: [...this.#systems],
      hostnames: [...this.#hostnames],
      users: [...this.#users],
      addresses: [...this.#addresses],
      writers: Object.fromEntries([...this.#writers].sort((a, b) => b[1] - a[1])),
      mode: this.#mode,
    }
  }
}

function put(values: Set<string>, value: string): void {
  if (value !== '' && values.size < MAX_VALUES && !values.has(value)) values.add(detached(value))
}

function hostInfoOf(json: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(json)?.client_status?.host_info ?? {}
  } catch {
    return {}
  }
}
