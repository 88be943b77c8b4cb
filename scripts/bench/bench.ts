/**
 * `npm run bench`: the way of a flow (network.ts); `npm run bench -- logs`: making and reading logs (logs.ts); `npm run
 * bench -- decisions`: deciding, matching, loading and reloading (decisions.ts); `npm run bench -- inspection`:
 * intercepted HTTPS beside others (inspection.ts); `npm run bench -- captures`: what packet captures cost (captures.ts).
 */

const BENCHES: Readonly<Record<string, () => Promise<unknown>>> = {
  logs: () => import('./logs.js'),
  decisions: () => import('./decisions.js'),
  inspection: () => import('./inspection.js'),
  captures: () => import('./captures.js'),
}

await (BENCHES[process.argv[2] ?? ''] ?? (() => import('./network.js')))()
