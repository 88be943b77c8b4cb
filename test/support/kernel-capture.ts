/** Captures of the kernel's packets under test: their programs, and what came of them. */

import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type IpPacket, readIpPacket } from '../../agent/capture-file/ip-packet.js'
import {
  type KernelCapture,
  type KernelCaptureOptions,
  startKernelCapture,
} from '../../agent/capture-file/kernel/kernel-capture.js'
import { OwnSockets } from '../../agent/capture-file/own-sockets.js'
import { pathOf } from './needs.js'

/** A search path with these programs alone: links to the real ones, or scripts where a text is given. */
export function pathWith(t: Test, programs: Readonly<Record<string, string | true>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'steerlab-path-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  for (const [name, script] of Object.entries({ setpriv: true as const, ...programs })) {
    const file = join(directory, name)
    if (script === true) symlinkSync(pathOf(name)!, file)
    else writeFileSync(file, `#!/bin/sh\n${script}\n`)
    if (script !== true) chmodSync(file, 0o755)
  }
  return directory
}

/** A search path with all that a lab needs of the machine, and tcpdump, but no dumpcap. */
export function pathWithoutDumpcap(t: Test): string {
  return pathWith(t, { unshare: true, nsenter: true, ip: true, nft: true, mount: true, tcpdump: true })
}

/** A packet that came through, and how. */
export interface Captured extends IpPacket {
  readonly atUs: number
  readonly length: number
  readonly originalLength: number
  readonly outbound: boolean
}

/** A capture that is under way, and what came of it so far. */
export interface Capturing {
  readonly capture: KernelCapture
  readonly packets: readonly Captured[]
  readonly lost: readonly string[]
  /** The agent's sockets. */
  readonly sockets: OwnSockets
}

/** Starts one, and stops it with the test. */
export async function capturing(t: Test, path: string, more: Partial<KernelCaptureOptions> = {}): Promise<Capturing> {
  const packets: Captured[] = []
  const lost: string[] = []
  const sockets = new OwnSockets()
  const capture = await startKernelCapture({
    path,
    sockets,
    exclude: [],
    snapLength: 262_144,
    packet: (atUs, bytes, originalLength, outbound) => {
      const copy = Uint8Array.from(bytes)
      packets.push({ ...readIpPacket(copy)!, atUs, length: bytes.length, originalLength, outbound })
    },
    lost: (reason) => void lost.push(reason),
    ...more,
  })
  if (typeof capture === 'string') throw new Error(capture)
  t.teardown(() => capture.close())
  return { capture, packets, lost, sockets }
}

/** A process as the kernel tells of it; undefined when it is gone, or dead and not yet buried. */
function processAt(pid: string | number) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, name = '', state, parent] = /^\d+ \((.*)\) (\S) (\d+)/s.exec(stat) ?? []
    return state === 'Z' ? undefined : { pid: Number(pid), name, parent: Number(parent) }
  } catch {
    return undefined
  }
}

/** Whether a process lives. */
export function isAlive(pid: number): boolean {
  return processAt(pid) !== undefined
}

/** Processes whose parent is `parent`, by their command's name. */
export function childrenOf(parent: number): ReadonlyArray<{ readonly pid: number; readonly name: string }> {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => processAt(pid) ?? [])
    .filter((found) => found.parent === parent)
}
