/**
 * POP selection: which gateways the tunnel should try, best first. From client 96.1 on the GSLB service names the POPs
 * near this client, their round trips are measured, and the choice is told back to the service (founding document,
 * client-behaviour 3.2). Before, and when GSLB fails, the tenant's own gateway is what there is; its name is looked up
 * when it is tried (gateway-resolver.ts). What was found, chosen and why is kept for `steerlab pop`.
 */

import type { EventLog } from '../log/event.js'
import type { HttpsFailure } from '../outbound/https-failure.js'
import { failureEvents } from '../outbound/told-failure.js'
import { type Choice, choose } from './choose.js'
import type { GslbList } from './gslb-answer.js'
import type { GslbClient } from './gslb-client.js'
import type { LdnsOutcome } from './ldns-client.js'
import type { MeasuredPop, Pop } from './pop.js'
import type { PopRecord } from './pop-record.js'
import { MOST_PROBED } from './rtt-probe.js'
import type { SelectionSettings } from './settings.js'
import type { GatewayTarget, Selected, TargetSelector } from './target.js'

/** What a selector works with. None of the functions rejects. */
export interface PopSelectorParts {
  readonly settings: () => SelectionSettings
  /** The endpoint's own resolver: it finds the GSLB host. */
  readonly ldns: (name: string) => Promise<LdnsOutcome>
  /** A client of the GSLB service at an address. */
  readonly gslb: (ip: string, signal: AbortSignal) => Pick<GslbClient, 'fetch' | 'post'>
  readonly probe: (pops: readonly Pop[], signal: AbortSignal) => Promise<readonly MeasuredPop[]>
  readonly record: PopRecord
  readonly log: EventLog
}

/** Selects POPs. */
export class PopSelector implements TargetSelector {
  readonly #parts: PopSelectorParts
  /** What is told to the service is not waited for; this ends it. */
  readonly #stopping = new AbortController()

  constructor(parts: PopSelectorParts) {
    this.#parts = parts
  }

  /** Where the tunnel should go; `current` is where it is. Never rejects. */
  async select(current: GatewayTarget | undefined, signal: AbortSignal): Promise<Selected> {
    const settings = this.#parts.settings()
    const byName = namedTargets(settings)
    if (settings.whyNoGslb !== '') {
      this.#parts.record.selectedByName(settings.gateway.host, `GSLB is not asked: ${settings.whyNoGslb}`)
      return { targets: byName, keep: current?.gateway === settings.gateway.host, degraded: false }
    }
    const { log } = this.#parts
    log.report({ type: 'gslb-begin', client: 'NSClient' })
    const list = await this.#fetch(settings, signal)
    if (signal.aborted) return { targets: byName, keep: true, degraded: true }
    if ('failure' in list) {
      this.#tellFailure(settings.gslb.host, list)
      const why = `the GSLB service failed: ${list.detail}`
      if (current !== undefined) this.#parts.record.failed(why)
      else this.#parts.record.selectedByName(settings.gateway.host, why)
      // What is known of POPs is better than nothing.
      return { targets: current === undefined ? byName : [], keep: current !== undefined, degraded: true }
    }
    const measured = await this.#measure(list.pops, settings, current, signal)
    const choice = signal.aborted ? undefined : choose(measured, wishes(settings, list.pops, current))
    if (choice === undefined) return { targets: byName, keep: true, degraded: true }
    if (current !== undefined && measured.every(({ rttMs }) => rttMs === undefined)) {
      this.#parts.record.failed('no POP of the list answers')
      return { targets: [], keep: true, degraded: true }
    }
    this.#tellChoice(list, measured, choice, current)
    // What the service makes of it is its own matter: the choice is the client's.
    void this.#post(settings.gslb.host, list.requestId, measured)
    return {
      targets: [...choice.ranked.map(targetOf), ...byName],
      keep: current !== undefined && isAt(choice.pop, current),
      degraded: false,
    }
  }

  /** Ends what is under way in the background. */
  close(): void {
    this.#stopping.abort()
  }

  async #fetch({ gslb }: SelectionSettings, signal: AbortSignal): Promise<GslbList | HttpsFailure> {
    const ip = await this.#addressOf(gslb.host)
    if (ip === undefined) return { failure: 'not-resolved', detail: `${gslb.host} was not found by LDNS`, curlCode: 6 }
    return this.#parts.gslb(ip, signal).fetch()
  }

  /** The ten nearest, and wherever they are, the POP in use and the pinned one. */
  async #measure(
    pops: readonly Pop[],
    { pinned }: SelectionSettings,
    current: GatewayTarget | undefined,
    signal: AbortSignal,
  ): Promise<readonly MeasuredPop[]> {
    const counts = (pop: Pop) => pop.name === pinned || (current !== undefined && isAt(pop, current))
    const asked = pops.filter((pop, place) => place < MOST_PROBED || counts(pop))
    const answers = await this.#parts.probe(asked, signal)
    const rtts = new Map(answers.map(({ name, rttMs }) => [name, rttMs]))
    return pops.map((pop) => ({ ...pop, rttMs: rtts.get(pop.name) }))
  }

  async #post(host: string, requestId: string, measured: readonly MeasuredPop[]): Promise<void> {
    const { signal } = this.#stopping
    const ip = await this.#addressOf(host)
    if (ip === undefined || signal.aborted) return
    await this.#parts.gslb(ip, signal).post(
      requestId,
      measured.filter(({ rttMs }, place) => place < MOST_PROBED || rttMs !== undefined),
    )
  }

  async #addressOf(host: string): Promise<string | undefined> {
    const found = await this.#parts.ldns(host)
    return 'failure' in found ? undefined : found.addresses[0]
  }

  #tellFailure(host: string, failure: HttpsFailure): void {
    const { log } = this.#parts
    for (const event of failureEvents(failure)) log.report(event)
    log.report({ type: 'gslb-failed', client: 'NSClient', host, error: -2 })
  }

  #tellChoice(
    list: GslbList,
    measured: readonly MeasuredPop[],
    choice: Choice,
    current: GatewayTarget | undefined,
  ): void {
    const { log, record } = this.#parts
    for (const { name: pop, ip, rttMs } of measured)
      if (rttMs !== undefined)
        log.report({ type: 'gslb-rtt', client: 'NSClient', pop, ip, rtt: Math.max(1, Math.round(rttMs)) })
    record.selectedByGslb(list, measured, choice)
    const type = current !== undefined && isAt(choice.pop, current) ? 'gslb-unchanged' : 'gslb-changed'
    log.report({ type, client: 'NSClient', pop: choice.pop.name })
  }
}

/** The tenant's gateway, and its backup. */
function namedTargets({ gateway, backupHost }: SelectionSettings): readonly GatewayTarget[] {
  const own = { gateway: gateway.host, ip: '', port: gateway.port, pop: '' }
  return backupHost === '' ? [own] : [own, { ...own, gateway: backupHost }]
}

function targetOf({ gateway, ip, port, name: pop }: Pop): GatewayTarget {
  return { gateway, ip, port, pop }
}

function isAt(pop: Pop, { ip, port }: GatewayTarget): boolean {
  return pop.ip === ip && pop.port === port
}

function wishes(
  { pinned, ratio, marginMs }: SelectionSettings,
  pops: readonly Pop[],
  current: GatewayTarget | undefined,
) {
  const name = current && pops.find((pop) => isAt(pop, current))?.name
  return { ratio, marginMs, ...(name === undefined ? {} : { current: name }), ...(pinned === '' ? {} : { pinned }) }
}
