/**
 * A small FlowHandler for the tests of doors: dials a loopback port for each flow and relays, or fails it. It stands for
 * the flow's whole story (flow.ts), which has tests of its own.
 */

import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { CapturedFlow, FlowFailure, FlowHandler } from '../../agent/capture/door.js'
import { type OwnedConnection, type OwnerFinder, UNKNOWN_OWNER } from '../../agent/process/owner.js'

/** Where a flow goes: a loopback port, or why nowhere. */
export type Route = number | FlowFailure

/** Every flow handed over, and the handler to hand them to. */
export interface FlowDialer {
  readonly flows: CapturedFlow[]
  readonly handle: FlowHandler
}

/** Dials `route(flow)` on 127.0.0.1 for each flow. */
export function flowDialer(route: (flow: CapturedFlow) => Route): FlowDialer {
  const flows: CapturedFlow[] = []
  const handle: FlowHandler = async (flow) => {
    flows.push(flow)
    const to = route(flow)
    if (typeof to !== 'number') {
      flow.failed(to)
      return
    }
    const origin = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const refused = () => flow.failed('refused')
    origin.on('error', () => {})
    origin.once('error', refused)
    flow.socket.once('close', () => origin.destroy())
    origin.once('connect', () => {
      origin.off('error', refused)
      flow.opened()
      if (flow.head.length > 0) origin.write(flow.head)
      relay(flow.socket, origin)
    })
  }
  return { flows, handle }
}

function relay(app: Duplex, origin: Duplex): void {
  app.pipe(origin)
  origin.pipe(app)
  origin.once('close', () => {
    if (!app.writableEnded) app.destroy()
  })
}

/** An OwnerFinder that knows nobody and records what it was asked. */
export function askedOwners(): OwnerFinder & { readonly asked: OwnedConnection[] } {
  const asked: OwnedConnection[] = []
  return {
    asked,
    find: async (connection) => {
      asked.push(connection)
      return UNKNOWN_OWNER
    },
  }
}
