/**
 * Save Logs, as in the tray of the real client and `nsdiag -o`: a zip of all that somebody needs who was not there. Logs,
 * captures, configuration and certificates of a home, what its agent answers and what the system says; no key and no
 * password. The agent goes on writing meanwhile.
 */

import { realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { USER_CERTIFICATE_PASSPHRASE } from '../../../certs/tenant-set.js'
import { messageOf, SteerError, userMistake } from '../../errors.js'
import { type AgentAnswers, agentMembers, filesInCapture } from './agent-members.js'
import { certificateMembers } from './certificate-members.js'
import { configurationMembers } from './configuration-members.js'
import { captureMember, isCaptureName, isLogName, logMember } from './log-members.js'
import { MANIFEST_NAME, type Manifest, type ManifestMember } from './manifest.js'
import type { Found, LeftOut, Member } from './member.js'
import { closeAll, type OpenedFiles, openRotated } from './open-rotated.js'
import { PartFile } from './part-file.js'
import { systemMembers } from './system-members.js'
import { ZipMembers } from './zip-members.js'

/** How far saving is. */
export interface SavingProgress {
  /** The member that is packed. */
  readonly name: string
  /** Bytes read, of all that are to be read. */
  readonly done: number
  readonly total: number
}

/** What is to be saved, and where. */
export interface SaveLogsOptions {
  /** The zip; one that is there already is replaced when the new one is whole. */
  readonly target: string
  /** The client's directory. */
  readonly stagent: string
  /** The directory of logs and captures. */
  readonly logs: string
  /** The certificate of the lab's authority. */
  readonly labCa: string
  /** What the agent answered; undefined when none runs. */
  readonly answers: AgentAnswers | undefined
  readonly steerlabVersion: string
  /** Where `ip` and the like are looked for, as PATH. */
  readonly searchPath: string
  readonly now: Date
  readonly progress?: ((progress: SavingProgress) => void) | undefined
  /** Stops it; nothing is left then. */
  readonly signal?: AbortSignal | undefined
}

/** A bundle that was written. */
export interface SavedBundle {
  /** Full path. */
  readonly path: string
  readonly bytes: number
  readonly manifest: Manifest
}

/**
 * Saves a bundle. Throws SteerError: a user's mistake `bundle-unwritable` where the target cannot be written,
 * `bundle-stopped` after the signal, `bundle-failed` when a disk refuses. The target is untouched then, and no part of the
 * new one is left.
 */
export async function saveLogs(options: SaveLogsOptions): Promise<SavedBundle> {
  const part = await PartFile.open(options.target, process.pid)
  const opened = openRotated(options.logs, (name) => isLogName(name) || isCaptureName(name))
  try {
    const found = withoutTwins(await everything(options, opened))
    const sources = await Promise.all(found.members.map(({ from }) => realpath(from).catch(() => '')))
    if (sources.includes(part.target))
      throw userMistake('bundle-unwritable', `cannot write ${options.target}: it is one of the files to be saved`)
    const manifest = await write(options, part, found)
    const bytes = await part.size()
    await part.publish()
    return { path: part.target, bytes, manifest }
  } catch (error) {
    await part.discard()
    throw faultOf(error, options)
  } finally {
    closeAll(opened.files)
  }
}

async function everything(options: SaveLogsOptions, opened: OpenedFiles): Promise<Found> {
  const { stagent, labCa, answers, steerlabVersion, searchPath, signal } = options
  const configuration = await configurationMembers(stagent)
  const { forms } = configuration
  const directory = join(stagent, 'data')
  const certificates = await certificateMembers({ directory, files: [labCa], passphrase: USER_CERTIFICATE_PASSPHRASE })
  const system = await systemMembers({ steerlabVersion, searchPath, forms, signal })
  const agent = agentMembers(answers, forms)
  const rest = [configuration, certificates, agent, system]
  const logs = opened.files.filter(({ name }) => isLogName(name))
  const captures = opened.files.filter(({ name }) => isCaptureName(name))
  const inCapture = filesInCapture(answers ?? {})
  return {
    members: [
      ...logs.map((file) => logMember(file, forms)),
      ...rest.flatMap(({ members }) => members),
      ...captures.map((file) => captureMember(file, inCapture.includes(file.name))),
    ],
    leftOut: [...noLog(options.logs, opened), ...opened.leftOut, ...rest.flatMap(({ leftOut }) => leftOut)],
  }
}

/** Says that there is no log, where it is not that it cannot be read. */
function noLog(directory: string, { files, leftOut }: OpenedFiles): readonly LeftOut[] {
  const paths = [...files.map(({ path }) => path), ...leftOut.map(({ what }) => what)]
  const isToldOf = paths.some((path) => path === directory || basename(path).startsWith('nsdebuglog'))
  return isToldOf ? [] : [{ what: directory, why: 'there is no nsdebuglog in it' }]
}

/** Each name once: nothing hides another when the zip is unpacked. */
function withoutTwins({ members, leftOut }: Found): Found {
  const names = new Set<string>([MANIFEST_NAME])
  const kept: Member[] = []
  const twins: LeftOut[] = []
  for (const member of members) {
    if (names.has(member.name)) twins.push({ what: member.from, why: `the bundle has another ${member.name}` })
    else kept.push(member)
    names.add(member.name)
  }
  return { members: kept, leftOut: [...leftOut, ...twins] }
}

async function write(options: SaveLogsOptions, part: PartFile, { members, leftOut }: Found): Promise<Manifest> {
  const { now, signal, progress, answers, steerlabVersion } = options
  const total = members.reduce((sum, { sourceBytes }) => sum + sourceBytes, 0)
  let done = 0
  let name = ''
  const read = (bytes: number): void => {
    done += bytes
    progress?.({ name, done, total })
  }
  const zip = new ZipMembers((bytes) => part.write(bytes), { mtime: now, read, signal })
  const written: ManifestMember[] = []
  for (const member of members) {
    name = member.name
    written.push(await zip.add(member))
  }
  const manifest: Manifest = {
    format: 'steerlab-bundle',
    formatVersion: 1,
    steerlab: steerlabVersion,
    createdAt: now.toISOString(),
    agentRunning: answers !== undefined,
    members: written,
    leftOut,
  }
  await zip.end(MANIFEST_NAME, `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

function faultOf(error: unknown, { target, signal }: SaveLogsOptions): SteerError {
  if (error instanceof SteerError) return error
  if (signal?.aborted)
    return new SteerError('bundle-stopped', `saving ${target} was stopped; there is nothing of it`, { cause: error })
  const full = (error as NodeJS.ErrnoException).code === 'ENOSPC'
  const why = full ? 'the disk is full' : messageOf(error)
  return new SteerError('bundle-failed', `saving ${target} failed, and nothing of it is left: ${why}`, { cause: error })
}
