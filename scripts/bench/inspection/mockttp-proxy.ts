/**
 * mockttp as a proxy that passes everything on: `mockttp-proxy.js DIRECTORY CERTIFICATE KEY PORT`, with the package in
 * DIRECTORY/node_modules. It is no dependency of ours, so what is used of it is described here.
 */

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

interface Mockttp {
  getLocal(options: {
    readonly https: { readonly certPath: string; readonly keyPath: string }
    /** Whether requests are kept for later questions about them. */
    readonly recordTraffic: boolean
  }): {
    forUnmatchedRequest(): { thenPassThrough(): Promise<unknown> }
    start(port: number): Promise<void>
  }
}

const [directory = '', certPath = '', keyPath = '', port = ''] = process.argv.slice(2)

const entry = createRequire(join(directory, 'package.json')).resolve('mockttp')
const { default: mockttp } = (await import(pathToFileURL(entry).href)) as { readonly default: Mockttp }
const server = mockttp.getLocal({ https: { certPath, keyPath }, recordTraffic: false })
await server.forUnmatchedRequest().thenPassThrough()
await server.start(Number(port))
