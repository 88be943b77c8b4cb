// Pure: one computer of a run and whose it is: names, networks, programs, habits. Everything follows from the seed and
// the endpoint's number.

import type { Platform } from '../log/message-form.js'
import type { App } from './app.js'
import { POPS, type Pop } from './pops.js'
import { Random } from './random.js'
import type { World } from './world.js'

/** The addresses a computer has in one network. */
export interface Network {
  readonly ip: string
  readonly ip6: string
  /** Number of the interface, as the log prints it. */
  readonly iface: number
}

/** A computer, its user and the user's habits. */
export interface Endpoint {
  /** From 0. */
  readonly number: number
  readonly hostname: string
  readonly user: string
  readonly system: string
  readonly version: string
  /** The networks it is in by turns: the office's, the one at home, and a telephone's. */
  readonly networks: readonly [office: Network, home: Network, phone: Network]
  readonly apps: readonly App[]
  /** Nearest first. */
  readonly pops: readonly Pop[]
  /** Usual minute of the day work begins and ends, and lunch. */
  readonly habits: { readonly begin: number; readonly end: number; readonly lunch: number }
}

/** The endpoint with a number. */
export function endpointOf(world: World, number: number): Endpoint {
  const random = Random.of(world.seed, 'endpoint', number)
  const { platform, release } = world.profile
  const { users } = world.scenario
  const site = random.between(0, 255)
  return {
    number,
    hostname: hostnameOf(platform, random),
    user: users.length > 0 ? users[number % users.length]! : `user${String(number + 1).padStart(4, '0')}`,
    system: random.pick(SYSTEMS[platform]),
    version: `${release}.0.${random.between(0, 9)}.${random.between(1000, 2999)}`,
    networks: [
      networkOf(`10.${random.between(16, 199)}.${site}`, `2001:db8:${site.toString(16)}:10`, random),
      networkOf(`192.168.${random.pick([0, 1, 1, 1, 86, 178])}`, `2001:db8:f${site.toString(16)}:1`, random),
      // The range in which iPhones give addresses to those who share their connection.
      {
        ...networkOf('172.20.10', `2001:db8:e${site.toString(16)}:1`, random),
        ip: `172.20.10.${random.between(2, 14)}`,
      },
    ],
    apps: world.apps.filter(({ presence }) => random.chance(presence)),
    pops: popsOf(random),
    habits: {
      begin: Math.round(random.normal(8 * 60 + 30, 35)),
      end: Math.round(random.normal(17 * 60 + 15, 40)),
      lunch: Math.round(random.normal(12 * 60 + 15, 20)),
    },
  }
}

// The first is the public example of the user agent (TAB); the others are made alike.
const SYSTEMS: Readonly<Record<Platform, readonly string[]>> = {
  windows: ['Windows NT 11.0 x64', 'Windows NT 10.0 x64'],
  macos: ['Mac OS X 14.3.1', 'Mac OS X 13.6.4'],
  linux: ['Linux Ubuntu 24.04 x64', 'Linux Ubuntu 22.04 x64'],
}

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789'

function hostnameOf(platform: Platform, random: Random): string {
  const code = Array.from({ length: 8 }, () => ALPHABET[random.below(ALPHABET.length)]).join('')
  if (platform === 'windows') return `LT-${code}`
  return platform === 'macos' ? `MBP-${code}` : `ws-${code.toLowerCase()}`
}

function networkOf(prefix: string, prefix6: string, random: Random): Network {
  const host = random.between(10, 250)
  return { ip: `${prefix}.${host}`, ip6: `${prefix6}::${host.toString(16)}`, iface: random.between(3, 24) }
}

/** One region's POPs, another one nearest from endpoint to endpoint; America's are the first six. */
function popsOf(random: Random): readonly Pop[] {
  const region = random.chance(0.6) ? POPS.slice(0, 6) : POPS.slice(6)
  const first = random.below(region.length)
  const near = random.between(6, 24)
  return [...region.slice(first), ...region.slice(0, first)].map((pop, place) => {
    return { ...pop, rtt: near + place * random.between(3, 9) }
  })
}
