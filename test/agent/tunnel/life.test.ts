/** The tunnel's life as a table: what had happened, what happens now, what it is then, and what is asked for. */

import t from 'tap'
import { live, UNBORN } from '../../../agent/tunnel/life.js'
import type { LifeSettings } from '../../../agent/tunnel/life-state.js'
import { afterEvents, commandsInWords, eventOf, stateInWords } from '../../support/life-words.js'

/** Without jitter: the first wait is 50 ms, the next 100 ms. */
const TLS: LifeSettings = {
  wanted: 'TLS',
  reselectMs: 840_000,
  backoff: { firstMs: 50, longestMs: 10_000 },
  random: () => 0,
}
const DTLS: LifeSettings = { ...TLS, wanted: 'DTLS' }

// A case is a sentence, and below it: what had happened | what happens now | the state it leads to | the commands. Where
// the last two are missing, the state stays the very same and nothing is asked for. Words: test/support/life-words.ts.

const UP = 'enable, selected ABZ, opened'

const SWITCHED_ON_AND_OFF = `
enabled, it looks for a POP
  nothing | enable | selecting #1 | select #1
enabled twice, it goes on
  enable | enable
enabled while up, it stays
  ${UP} | enable
not started, it cannot be disabled
  nothing | disable
not started, a change of network is nothing
  nothing | network-changed
disabled while up
  ${UP} | disable | off: disabled by the user | end: disabled by the user; down
disabled while selecting
  enable | disable | off: disabled by the user | abandon #1; end: disabled by the user; down
disabled while opening
  enable, selected AB | disable | off: disabled by the user | abandon #2; end: disabled by the user; down
disabled while waiting
  enable, selected | disable | off: disabled by the user (1 failed) | end: disabled by the user; down
disabled while selecting beside
  ${UP}, reselect | disable | off: disabled by the user | abandon #3; end: disabled by the user; down
disabled while opening beside
  ${UP}, reselect, selected B | disable | off: disabled by the user | abandon #4; end: disabled by the user; down
disabled twice, nothing
  ${UP}, disable | disable
disabled, a change of network is nothing
  ${UP}, disable | network-changed
disabled, a timer is nothing
  enable, selected, disable | retry
disabled, reselection is nothing
  ${UP}, disable | reselect
disabled, the session that ends is nothing
  ${UP}, disable | lost #2
disabled and enabled, it starts anew
  ${UP}, disable | enable | selecting #3 | select #3
closed while up
  ${UP} | close | off: the agent is stopping | end: the agent is stopping; down
closed while opening beside
  ${UP}, reselect, selected B | close | off: the agent is stopping | abandon #4; end: the agent is stopping; down
closed while disabled
  ${UP}, disable | close | off: the agent is stopping | end: the agent is stopping; down
closed, it is not enabled any more
  ${UP}, close | enable
closed, it is not disabled any more
  ${UP}, close | disable
`

const WAY_UP = `
the best target is opened first
  enable | selected ABZ | opening #2 A TLS then BZ | open #2 A TLS
a selection while there is no tunnel cannot keep one
  enable | selected AB keep | opening #2 A TLS then B | open #2 A TLS
opened, it is used, and a look at other POPs is due
  enable, selected ABZ | opened | up #2 A TLS | use #2 A TLS; reselect in 840000
failed, the next POP is tried
  enable, selected ABZ | failed | opening #3 B TLS then Z | open #3 B TLS
the backup comes after all POPs
  enable, selected ABZ, failed | failed | opening #4 Z TLS | open #4 Z TLS
the next POP is as good as the first
  enable, selected ABZ, failed | opened | up #3 B TLS | use #3 B TLS; reselect in 840000
when all failed, it waits
  enable, selected AB, failed | failed | waiting (1 failed) | retry in 50
when nothing was found, it waits
  enable | selected | waiting (1 failed) | retry in 50
the next wait is longer
  enable, selected, retry, selected A | failed | waiting (2 failed) | retry in 100
after the wait it selects anew
  enable, selected | retry | selecting #2 (1 failed) | select #2
a wait does not end twice
  enable, selected, retry | retry
while it waits there is nothing to reselect
  enable, selected | reselect
enabled anew, the first wait is short again
  enable, selected, retry, selected, disable, enable | selected | waiting (1 failed) | retry in 50
`

const DTLS_AND_TLS = `
DTLS is tried first
  enable | selected AB | opening #2 A DTLS then B | open #2 A DTLS
DTLS that works is used
  enable, selected AB | opened | up #2 A DTLS | use #2 A DTLS; reselect in 840000
where it failed TLS is tried
  enable, selected AB | failed | opening #3 A TLS in place of DTLS then B | open #3 A TLS
TLS that works there sticks
  enable, selected AB, failed | opened | up #3 A TLS (keeps to TLS) | use #3 A TLS; reselect in 840000
a POP that answers to neither says nothing about DTLS
  enable, selected AB, failed | failed | opening #4 B DTLS | open #4 B DTLS
it sticks on the next POP
  enable, selected AB, failed, opened | lost | opening #4 B TLS then A (keeps to TLS) | down; open #4 B TLS
and after a wait
  enable, selected A, failed, opened, lost young, retry | selected A | opening #5 A TLS (1 failed, keeps to TLS) | open #5 A TLS
and on a switch
  enable, selected AB, failed, opened, reselect | selected BA | up #3 A TLS, opening #5 B TLS (keeps to TLS) | open #5 B TLS
a look that keeps the POP keeps TLS
  enable, selected AB, failed, opened, reselect | selected AB keep | up #3 A TLS (keeps to TLS) | reselect in 840000
enabled anew, DTLS is tried
  enable, selected AB, failed, opened, disable, enable | selected AB | opening #5 A DTLS then B | open #5 A DTLS
after a change of network DTLS is tried beside TLS on the same POP
  enable, selected AB, failed, opened, network-changed | selected AB keep | up #3 A TLS, opening #5 A DTLS | open #5 A DTLS
and replaces it
  enable, selected AB, failed, opened, network-changed, selected AB keep | opened | up #5 A DTLS | drain #3; use #5 A DTLS; reselect in 840000
or the session that is up over TLS stays, and sticks again
  enable, selected AB, failed, opened, network-changed, selected AB keep | failed | up #3 A TLS (keeps to TLS) | reselect in 840000
a switch falls back as well
  enable, selected AB, opened, reselect, selected BA | failed | up #2 A DTLS, opening #5 B TLS in place of DTLS | open #5 B TLS
a switch that fails both ways keeps DTLS
  enable, selected AB, opened, reselect, selected BA, failed | failed | up #2 A DTLS | reselect in 840000
`

const RENEWALS = `
another session to the same gateway is opened beside
  ${UP} | renew | up #2 A TLS, opening #3 A TLS then BZ | open #3 A TLS
the old one is left to its flows, however long they take
  ${UP}, renew | opened | up #3 A TLS | drain #2 patiently; use #3 A TLS; reselect in 840000
where it does not open, the old one stays
  ${UP}, renew | failed | up #2 A TLS | reselect in 840000
a look at other POPs goes first
  ${UP}, reselect | renew | up #2 A TLS, selecting #3 (to be renewed)
that finds nothing better
  ${UP}, reselect, renew | selected AB keep | up #2 A TLS, opening #4 A TLS then BZ | open #4 A TLS
that finds another POP, whose session is new anyway
  ${UP}, reselect, renew | selected BA | up #2 A TLS, opening #4 B TLS | open #4 B TLS
a switch that was begun before goes first, and then
  ${UP}, reselect, selected BA, renew | opened | up #4 B TLS, opening #5 B TLS | drain #2; use #4 B TLS; open #5 B TLS
asked for twice while it waits
  ${UP}, reselect, renew | renew
asked for again while it is begun: once more after it
  ${UP}, renew, renew | opened | up #3 A TLS, opening #4 A TLS then BZ | drain #2 patiently; use #3 A TLS; open #4 A TLS
a change of network comes first
  ${UP}, renew | network-changed | up #2 A TLS, selecting #4 (to be renewed) | abandon #3; check #2; select #4 from A
forgotten where the client is disabled
  ${UP}, reselect, renew | disable | off: disabled by the user | abandon #3; end: disabled by the user; down
the session it is to replace is lost meanwhile
  ${UP}, renew | lost #2 | opening #3 A TLS then BZ | down
nothing to renew while it waits
  enable, selected | renew
nothing to renew where the client is disabled
  ${UP}, disable | renew
`

const SWITCHES = `
a look at other POPs happens beside the session
  ${UP} | reselect | up #2 A TLS, selecting #3 | select #3 from A
one look at a time
  ${UP}, reselect | reselect
not while it moves
  ${UP}, reselect, selected BA | reselect
a look that keeps the POP changes nothing
  ${UP}, reselect | selected BA keep | up #2 A TLS | reselect in 840000
a look that finds nothing keeps the POP
  ${UP}, reselect | selected | up #2 A TLS | reselect in 840000
a better POP is opened beside
  ${UP}, reselect | selected BA | up #2 A TLS, opening #4 B TLS | open #4 B TLS
made before broken: the old session drains
  ${UP}, reselect, selected BA | opened | up #4 B TLS | drain #2; use #4 B TLS; reselect in 840000
a switch that fails keeps the old session
  ${UP}, reselect, selected BA | failed | up #2 A TLS | reselect in 840000
the session that drains may end
  ${UP}, reselect, selected BA, opened | lost #2
what a look found is where to go after a loss
  ${UP}, reselect, selected DCA keep | lost | opening #4 D TLS then CA | down; open #4 D TLS
`

const LOSSES = `
the next POP is opened at once, the lost one is the last
  ${UP} | lost | opening #3 B TLS then ZA | down; open #3 B TLS
a POP that is alone is opened again
  enable, selected A, opened | lost | opening #3 A TLS | down; open #3 A TLS
a gateway known by its name, which a look has found to be POP A: A is not the next
  enable, selected ZA, opened, reselect, selected AB keep | lost | opening #4 B TLS then Z | down; open #4 B TLS
lost again, each has its turn
  ${UP}, lost, opened | lost | opening #4 Z TLS then AB | down; open #4 Z TLS
when all fail after a loss, it waits
  enable, selected AB, opened, lost, failed | failed | waiting (1 failed) | retry in 50
a session lost young is replaced after a wait, by the next
  ${UP} | lost young | waiting then BZ (1 failed) | down; retry in 50
after the wait the next is opened
  ${UP}, lost young | retry | opening #3 B TLS then Z (1 failed) | open #3 B TLS
when none is left, POPs are selected anew
  enable, selected A, opened, lost young | retry | selecting #3 (1 failed) | select #3
lost young again and again, waits grow
  ${UP}, lost young, retry, opened | lost young | waiting then Z (2 failed) | down; retry in 100
a session that lived ends that
  ${UP}, lost young, retry, opened | lost | opening #4 Z TLS then AB | down; open #4 Z TLS
lost while a look is under way
  ${UP}, reselect | lost | opening #4 B TLS then ZA | down; abandon #3; open #4 B TLS
lost young while a look is under way
  ${UP}, reselect | lost young | waiting then BZ (1 failed) | down; abandon #3; retry in 50
lost while it moves: the move goes on
  ${UP}, reselect, selected CABZ | lost | opening #4 C TLS then BZA | down
lost young while it moves: the move goes on too
  ${UP}, reselect, selected CABZ | lost young | opening #4 C TLS then BZA | down
and when the move fails, the others follow
  ${UP}, reselect, selected CABZ, lost | failed | opening #5 B TLS then ZA | open #5 B TLS
and when it works, nothing is left to drain
  ${UP}, reselect, selected CABZ, lost | opened | up #4 C TLS | use #4 C TLS; reselect in 840000
a session that lived ends the failed rounds, while it moves too
  enable, selected, retry, selected A, opened, reselect, selected BA | lost | opening #5 B TLS then A | down
so does a switch
  enable, selected, retry, selected A, opened, reselect, selected BA | opened | up #5 B TLS | drain #3; use #5 B TLS; reselect in 840000
opened is not yet lived
  enable, selected, retry, selected A | opened | up #3 A TLS (1 failed) | use #3 A TLS; reselect in 840000
`

const NETWORK_CHANGES = `
selecting starts over
  enable | network-changed | selecting #2 | abandon #1; select #2
opening is abandoned
  enable, selected AB | network-changed | selecting #3 | abandon #2; select #3
waiting ends
  enable, selected, retry, selected | network-changed | selecting #3 | select #3
the session is asked, and POPs are looked at
  ${UP} | network-changed | up #2 A TLS, selecting #3 | check #2; select #3 from A
a look starts over
  ${UP}, reselect | network-changed | up #2 A TLS, selecting #4 | abandon #3; check #2; select #4 from A
a move is abandoned
  ${UP}, reselect, selected B | network-changed | up #2 A TLS, selecting #5 | abandon #4; check #2; select #5 from A
the session that does not answer is lost
  ${UP}, network-changed | lost | opening #4 B TLS then ZA | down; abandon #3; open #4 B TLS
`

const STALE = `
an abandoned selection
  enable, network-changed | selected A #1
an abandoned opening opens
  enable, selected A, network-changed | opened #2
an opening that failed opens after all
  enable, selected AB, failed | opened #2
an opening that failed fails again
  enable, selected AB, failed | failed #2
a selection beside that was abandoned
  ${UP}, reselect, network-changed | selected B #3
an abandoned opening fails
  enable, selected A, network-changed | failed #2
a selection answers twice
  enable, selected A | selected B #1
an opening ends twice
  ${UP} | failed #2
a number that never was
  enable | selected A #7
a selection cannot open
  enable | opened #1
an opening is no selection
  enable, selected A | selected A #2
an old session
  ${UP}, lost, opened | lost #2
a session that is still being opened beside
  ${UP}, reselect, selected B | lost #4
what was under way when it was disabled
  enable, selected A, disable | opened #2
and after it was enabled again
  enable, selected A, disable, enable | opened #2
`

const HOLD = 'nothing changes'

function table(name: string, cases: string, settings: LifeSettings): void {
  void t.test(name, async (t) => {
    for (const [, sentence = '', story = ''] of cases.matchAll(/(.+)\n {2}(.+)\n/g)) {
      const [after = '', event = '', state = HOLD, commands = ''] = story.split(' | ')
      const life = after === 'nothing' ? UNBORN : afterEvents(after, settings)
      const [next, asked] = live(life, eventOf(event, life), settings)
      const found = next === life && asked.length === 0 ? [HOLD, ''] : [stateInWords(next), commandsInWords(asked)]
      t.strictSame(found, [state, commands], `${sentence}: ${story}`)
    }
  })
}

table('enable, disable and close', SWITCHED_ON_AND_OFF, TLS)
table('from a selection to a session', WAY_UP, TLS)
table('DTLS falls back to TLS, which sticks once it worked there', DTLS_AND_TLS, DTLS)
table('another session to the same POP', RENEWALS, TLS)
table('another POP while one is in use', SWITCHES, TLS)
table('a lost session', LOSSES, TLS)
table('a change of network', NETWORK_CHANGES, TLS)
table('a number that is not wanted any more changes nothing', STALE, TLS)
