/**
 * The checker, `achecker-<tenant>` and `sfchecker.goskope.com`: what a client asks to learn whether there is a way into
 * the internet, and no captive portal on it. Plain HTTP on loopback. That the answer is nsbranding.json's
 * AddonCheckerResponseCode is as its name says (client-behaviour 1.1); the rest is ours.
 */

import { text } from './http-answer.js'
import { type HttpService, type HttpServiceOptions, startHttpService } from './http-service.js'

/** What the checker is started with. */
export interface CheckerServerOptions extends Pick<HttpServiceOptions, 'host' | 'port' | 'fault' | 'log'> {
  /** What is said to everybody: `netSkope@netSkope`. */
  readonly responseCode: string
}

/** Where a captive portal sends everybody; no name ends in .invalid (RFC 6761, 6.4). */
export const PORTAL = 'http://portal.invalid/login'

/** Starts the checker; throws SteerError `port-in-use` or `listen-failed`. */
export function startCheckerServer({ responseCode, ...options }: CheckerServerOptions): Promise<HttpService> {
  return startHttpService({
    ...options,
    name: 'checker',
    answer: () => text(responseCode, 'text/plain'),
    faulty: {
      empty: () => ({ status: 204, headers: {}, body: '' }),
      'wrong-tenant': () => text('another@tenant', 'text/plain'),
      portal: () => ({ status: 302, headers: { location: PORTAL }, body: '' }),
    },
  })
}
