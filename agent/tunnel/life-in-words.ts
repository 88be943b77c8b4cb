// Pure: what the tunnel does now, in a few words for people.

import type { Phase } from './life-state.js'

/** In words; '' when it is up and nothing else happens. `waitMs` is how long it still waits for its next attempt. */
export function lifeInWords(phase: Phase, waitMs: number): string {
  switch (phase.name) {
    case 'off':
      return phase.why
    case 'selecting':
      return 'selecting a POP'
    case 'opening':
      return `connecting to ${phase.opening.target.gateway}`
    case 'waiting':
      return `trying again in ${(Math.max(0, waitMs) / 1000).toFixed(1)} s`
    case 'up':
      if (phase.beside === undefined) return ''
      return phase.beside.name === 'selecting'
        ? 'looking for a better POP'
        : `changing to ${phase.beside.opening.target.gateway}`
  }
}
