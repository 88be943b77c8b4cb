// Pure: the timings of `nsdiag -r`, in the words of the real client and with the meanings curl gives them: seconds from the
// start of a request to each of its moments; with redirects, those of all requests together.

/** The moments of one request, ms on one clock. What did not happen took no time: TLS over http, the look-up of an address. */
export interface RequestMoments {
  readonly started: number
  readonly lookedUp: number
  readonly connected: number
  /** Undefined without TLS. */
  readonly secured: number | undefined
  /** The request is about to be sent. */
  readonly ready: number
  /** The first of the answer is here. */
  readonly answered: number
  readonly ended: number
}

/** As `nsdiag -r --json` prints it: seconds, and bytes a second. */
export interface Timing {
  readonly nameLookup: number
  readonly connect: number
  readonly appConnect: number
  readonly pretransfer: number
  readonly starttransfer: number
  readonly total: number
  /** Of all requests before the last. */
  readonly redirect: number
  readonly downloadSpeed: number
}

/** The timing of a request and what it was redirected to, in order; `bytes` is the last one's body. */
export function timingOf(requests: readonly RequestMoments[], bytes: number): Timing {
  const sum = (moment: (request: RequestMoments) => number | undefined): number =>
    seconds(requests.reduce((all, request) => all + ((moment(request) ?? request.started) - request.started), 0))
  const start = requests[0]?.started ?? 0
  const last = requests.at(-1)
  const total = seconds((last?.ended ?? 0) - start)
  return {
    nameLookup: sum(({ lookedUp }) => lookedUp),
    connect: sum(({ connected }) => connected),
    appConnect: sum(({ secured }) => secured),
    pretransfer: sum(({ ready }) => ready),
    starttransfer: sum(({ answered }) => answered),
    total,
    redirect: seconds((last?.started ?? 0) - start),
    downloadSpeed: total === 0 ? 0 : Math.round(bytes / total),
  }
}

/** What `nsdiag -r` prints; that each stands on a line of its own is ours. */
export function timingText(timing: Timing): string {
  const rows: readonly (readonly [label: string, value: string])[] = [
    ['NameLookupTime', String(timing.nameLookup)],
    ['ConnectTime', String(timing.connect)],
    ['AppConnectTime', String(timing.appConnect)],
    ['PretransferTime', String(timing.pretransfer)],
    ['StarttransferTime', String(timing.starttransfer)],
    ['TotalTime', String(timing.total)],
    ['RedirectTime', String(timing.redirect)],
    ['DownloadSpeed', `${timing.downloadSpeed} bytes/sec`],
  ]
  return rows.map(([label, value]) => `${label}: ${value}\n`).join('')
}

/** Seconds to the microsecond, as curl counts. */
function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(6))
}
