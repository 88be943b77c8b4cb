/** A Duplex that is given to code made for net.Socket (node:http, node:tls, http-proxy): the methods that it calls. */

import { Duplex } from 'node:stream'

/** Most of them mean nothing where there is no socket. */
export class SocketLike extends Duplex {
  /** As net.Socket: what is written leaves, then the stream is destroyed. */
  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}
