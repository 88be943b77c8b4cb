// Pure: the tunnel's life in words, for tables of cases: `enable, selected AB, opened` leads to `up #2 A TLS`.

import type { GatewayTarget } from '../../agent/pop/target.js'
import { live, SETTLED_MS, UNBORN } from '../../agent/tunnel/life.js'
import type { Life, LifeCommand, LifeEvent, LifeSettings, Opening } from '../../agent/tunnel/life-state.js'

/** A POP by its letter; `Z` is the backup gateway, which has a name only. A new object each time, as from a selector. */
export function targetOf(letter: string): GatewayTarget {
  if (letter === 'Z') return { gateway: 'gateway-backup.goskope.com', ip: '', port: 443, pop: '' }
  return { gateway: `gateway-${letter}.goskope.com`, ip: `192.0.2.${letter.charCodeAt(0)}`, port: 443, pop: letter }
}

/** The letter of a target. */
export function letterOf({ pop }: GatewayTarget): string {
  return pop || 'Z'
}

const PLAIN = ['enable', 'disable', 'close', 'retry', 'reselect', 'renew', 'network-changed'] as const

/**
 * An event: one of those that say all, `selected AB`, `selected AB keep`, `selected` (nothing found), `opened`, `failed`,
 * `lost`, `lost young`; `#n` behind it is the number it is about, which is the one that is under way or in use by itself.
 */
export function eventOf(words: string, { phase, run: latest }: Life): LifeEvent {
  const [name, ...rest] = words.split(' ')
  const type = PLAIN.find((plain) => plain === name)
  if (type !== undefined) return { type }
  const number = rest.find((word) => word.startsWith('#'))
  const run = number === undefined ? latest : Number(number.slice(1))
  switch (name) {
    case 'selected': {
      const letters = rest.find((word) => /^[A-Z]+$/.test(word)) ?? ''
      return { type: 'selected', run, targets: [...letters].map(targetOf), keep: rest.includes('keep') }
    }
    case 'opened':
    case 'failed':
      return { type: name, run }
    case 'lost': {
      const inUse = phase.name === 'up' && number === undefined ? phase.current.run : run
      return { type: 'lost', run: inUse, livedMs: rest.includes('young') ? SETTLED_MS - 1 : SETTLED_MS }
    }
    default:
      throw new Error(`no event: ${words}`)
  }
}

/** The state after these events, separated by commas. */
export function afterEvents(events: string, settings: LifeSettings): Life {
  return events.split(', ').reduce((life, words) => live(life, eventOf(words, life), settings)[0], UNBORN)
}

/** A state: `up #2 A TLS, opening #4 B DTLS (2 failed rounds, keeps to TLS)`. */
export function stateInWords({ phase, failedRounds, keepsToTls, renewWanted }: Life): string {
  const notes = [
    ...(failedRounds > 0 ? [`${failedRounds} failed`] : []),
    ...(keepsToTls ? ['keeps to TLS'] : []),
    ...(renewWanted ? ['to be renewed'] : []),
  ].join(', ')
  return phaseInWords(phase) + (notes === '' ? '' : ` (${notes})`)
}

function phaseInWords(phase: Life['phase']): string {
  switch (phase.name) {
    case 'off':
      return `off: ${phase.why}`
    case 'selecting':
      return `selecting #${phase.run}`
    case 'opening':
      return openingInWords(phase.opening)
    case 'waiting':
      return phase.next.length === 0 ? 'waiting' : `waiting then ${phase.next.map(letterOf).join('')}`
    case 'up': {
      const { current, beside } = phase
      const up = `up #${current.run} ${letterOf(current.target)} ${current.transport}`
      return beside === undefined ? up : `${up}, ${phaseInWords(beside)}`
    }
  }
}

function openingInWords({ run, target, transport, fellBack, rest }: Opening): string {
  const opening = `opening #${run} ${letterOf(target)} ${transport}${fellBack ? ' in place of DTLS' : ''}`
  return rest.length === 0 ? opening : `${opening} then ${rest.map(letterOf).join('')}`
}

/** Commands: `down; open #3 B TLS`. */
export function commandsInWords(commands: readonly LifeCommand[]): string {
  return commands.map(commandInWords).join('; ')
}

function commandInWords(command: LifeCommand): string {
  switch (command.do) {
    case 'select':
      return `select #${command.run}${command.current === undefined ? '' : ` from ${letterOf(command.current)}`}`
    case 'open':
    case 'use':
      return `${command.do} #${command.run} ${letterOf(command.target)} ${command.transport}`
    case 'drain':
      return `drain #${command.run}${command.patient ? ' patiently' : ''}`
    case 'abandon':
    case 'check':
      return `${command.do} #${command.run}`
    case 'end':
      return `end: ${command.why}`
    case 'down':
      return 'down'
    case 'wake':
      return `${command.as} in ${command.inMs}`
  }
}
