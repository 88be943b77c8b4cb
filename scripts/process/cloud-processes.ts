/**
 * The mock cloud as processes: one gateway process with all POPs and services, or one with the services and one for each
 * POP. A process that dies is started again where it was. Faults are kept here, so that they outlive it.
 */

import { messageOf, SteerError } from '../../agent/errors.js'
import type { CloudDescription } from '../../agent/outbound/cloud-route.js'
import { type CloudPart, wholeCloud } from '../../gateway/cloud-part.js'
import { FaultBoard } from '../../gateway/faults/fault-board.js'
import { ServiceChild } from './service-child.js'
import type { GatewayStart } from './service-messages.js'

/** What they are started with. */
export interface CloudProcessesOptions {
  readonly start: Omit<GatewayStart, 'service' | 'only' | 'before' | 'faults'> &
    Required<Pick<GatewayStart, 'services'>>
  /** A process for each POP. */
  readonly processPerPop: boolean
  /** A process was lost and is started again. */
  readonly warn: (line: string) => void
  /** One could not be started again. */
  readonly broken: (reason: string) => void
}

/** Pause before a process is started again, ms; twice as long after each death in a row. */
const RESTART_MS = 100

/** A process that lives so long, ms, had no trouble at its start. */
const SETTLED_MS = 10_000

/** Deaths in a row after which nobody goes on: the last pause is 6.4 s. */
const MOST_DEATHS = 7

/** One process: what it serves, and where. */
interface Member {
  /** In words, for messages. */
  readonly name: string
  readonly start: Omit<GatewayStart, 'before' | 'faults'>
  child: ServiceChild
  part: CloudPart
  /** Deaths in a row, each soon after its start. */
  deaths: number
}

/** The running cloud. */
export class CloudProcesses {
  readonly #options: CloudProcessesOptions
  readonly #members: Member[] = []
  readonly #faults = new FaultBoard({ now: Date.now })
  #stopped = false

  constructor(options: CloudProcessesOptions) {
    this.#options = options
  }

  /** Starts all; throws SteerError `service-failed`, and `stop` ends what has been started. */
  async start(): Promise<CloudDescription> {
    const { start, processPerPop } = this.#options
    const all = { ...start, service: 'gateway' } as const
    const wanted = processPerPop
      ? [
          { name: 'gateway of the services', start: { ...all, only: [] } },
          ...start.table.pops.map(({ name }) => ({
            name: `gateway of ${name}`,
            start: { ...all, only: [name], services: undefined },
          })),
        ]
      : [{ name: 'gateway', start: all }]
    for (const { name, start } of wanted) {
      if (this.#stopped) throw new SteerError('service-failed', 'it was stopped while it started')
      const child = new ServiceChild()
      const member: Member = { name, start, child, part: { routes: {} }, deaths: 0 }
      this.#members.push(member)
      member.part = (await child.begin({ ...start, faults: [] })).part
      this.#watch(member)
    }
    const cloud = wholeCloud(this.#members.map(({ part }) => part))
    if (cloud === undefined) throw new SteerError('service-failed', 'no gateway process has the services')
    return cloud
  }

  /** What is faulty; after a change `spread` tells the processes. */
  get faults(): FaultBoard {
    return this.#faults
  }

  /** Tells every process what is faulty now. */
  spread(): void {
    for (const { child } of this.#members) child.tell({ faults: this.#faults.list() })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#members.map(({ child }) => child.stop()))
  }

  /** Starts a process that dies again, ever more patiently when it dies young. */
  #watch(member: Member): void {
    const { child, name } = member
    const readyAt = performance.now()
    void child.ended.then(async (how) => {
      if (this.#stopped) return
      member.deaths = performance.now() - readyAt < SETTLED_MS ? member.deaths + 1 : 1
      this.#options.warn(`steerlab: the ${name} is gone (${how}); starting it again`)
      await this.#startAgain(member)
    })
  }

  async #startAgain(member: Member): Promise<void> {
    for (; !this.#stopped; member.deaths += 1) {
      if (member.deaths > MOST_DEATHS) return this.#options.broken(`the ${member.name} does not stay`)
      await new Promise((resolve) => setTimeout(resolve, RESTART_MS * 2 ** (member.deaths - 1)))
      if (this.#stopped) return
      member.child = new ServiceChild()
      const again = { ...member.start, before: member.part, faults: this.#faults.list() }
      const failure = await member.child.begin(again).then(() => undefined, messageOf)
      if (failure === undefined) return this.#watch(member)
      this.#options.warn(`steerlab: ${failure}`)
    }
  }
}
