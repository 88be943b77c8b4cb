// Pure: the built-in profiles. Precision follows the platform, level words came with R91 (reference 1.1, 1.3).

import type { ProfileName } from './message-form.js'
import { makeProfile, type Profile, type ProfileTraits } from './profile.js'

const WINDOWS = { platform: 'windows', process: 'stAgentSvc', idsInFours: true } as const
const NUMBERED = { precision: 3, levels: 'number', eol: '\r\n' } as const

const TRAITS: Readonly<Record<ProfileName, Omit<ProfileTraits, 'name'>>> = {
  /** The founding document's macOS line: six digits, and the service still writes itself. */
  'macos-2018': {
    platform: 'macos',
    release: 56,
    style: { precision: 6, levels: 'number', eol: '\n' },
    process: 'stAgentSvc',
    idsInFours: false,
    growth: 0.6,
  },
  'windows-2019': { ...WINDOWS, release: 68, style: NUMBERED, growth: 0.68 },
  'windows-2021': { ...WINDOWS, release: 88, style: NUMBERED, growth: 0.71 },
  /** The release whose places are best known. */
  'windows-r114': {
    ...WINDOWS,
    release: 114,
    style: { precision: 3, levels: 'word', eol: '\r\n' },
    growth: 1,
  },
  /** The network extension writes the flow lines. */
  'macos-r126': {
    platform: 'macos',
    release: 126,
    style: { precision: 6, levels: 'word', eol: '\n' },
    process: 'stAgentNE',
    idsInFours: false,
    growth: 1.15,
  },
  /** Linux's digits after the second are not public; 6, as macOS, is inferred from their common base. */
  'linux-r140': {
    platform: 'linux',
    release: 140,
    style: { precision: 6, levels: 'word', eol: '\n' },
    process: 'stAgentSvc',
    idsInFours: false,
    growth: 1.25,
  },
}

/** The names of the built-in profiles, oldest first. */
export const PROFILE_NAMES = Object.keys(TRAITS) as readonly ProfileName[]

/** The built-in profiles by name. */
export const PROFILES = Object.fromEntries(
  PROFILE_NAMES.map((name) => [name, makeProfile({ name, ...TRAITS[name] })]),
) as Readonly<Record<ProfileName, Profile>>

/** The profile written where none is asked for. */
export const DEFAULT_PROFILE: ProfileName = 'windows-r114'
