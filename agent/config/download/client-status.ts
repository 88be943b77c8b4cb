// Pure: what a client tells its tenant about itself, and the queue it waits in while the add-on host is away.

import type { DeviceClass } from '../../steering/flow.js'

/** What can have happened, in the words of the REST API (DW get-client-data, client-behaviour 6). */
export type ClientEvent =
  | 'Installed'
  | 'Tunnel Up'
  | 'Tunnel Down'
  | 'User Disabled'
  | 'User Enabled'
  | 'Admin Disabled'
  | 'Admin Enabled'
  | 'Uninstalled'
  | 'Fail close'
  | 'Change in network'
  | 'System shutdown'
  | 'System powerup'

/** The machine. */
export interface HostInfo {
  readonly os: string
  readonly os_version: string
  readonly hostname: string
}

/** The body that is posted. Its frame is AS4's (nsdebuglog notes [80]); `actor` and its values are those of the REST API. */
export interface ClientStatus {
  readonly client_status: {
    readonly event: ClientEvent
    readonly actor: 'User' | 'Admin' | 'System'
    readonly host_info: HostInfo
    readonly device_classification_status: DeviceClass
  }
}

/** The status of an event. */
export function clientStatus(event: ClientEvent, host: HostInfo, classification: DeviceClass): ClientStatus {
  const actor = event.startsWith('User ') ? 'User' : event.startsWith('Admin ') ? 'Admin' : 'System'
  return {
    client_status: { event, actor, host_info: host, device_classification_status: classification },
  }
}

/** A tunnel that flaps while the host is away tells nothing new after these. */
const MOST_WAITING = 16

/** Statuses to post, oldest first; the newest 16 are kept. */
export class StatusQueue {
  readonly #waiting: ClientStatus[] = []

  get size(): number {
    return this.#waiting.length
  }

  get oldest(): ClientStatus | undefined {
    return this.#waiting[0]
  }

  add(status: ClientStatus): void {
    if (this.#waiting.length === MOST_WAITING) this.#waiting.shift()
    this.#waiting.push(status)
  }

  /** Takes out a status that was told; it may have given way to newer ones meanwhile. */
  remove(status: ClientStatus): void {
    const at = this.#waiting.indexOf(status)
    if (at !== -1) this.#waiting.splice(at, 1)
  }
}
