/** The readings of domain exceptions: each sentence of the documentation is one, and has its cases. */

import { type DecideCase as Case, testDecisions } from '../../support/decide-cases.js'

const MODE = '$.traffic_mode'

const tunnelled = `tunnel nsProxy ${MODE}`

const wild = { names: ['*.example.com'] }

const plain = { names: ['example.com'] }

const root = { host: 'example.com' }

const below = { host: 'www.example.com' }

const deep = { host: 'a.b.example.com' }

const look = { host: 'notexample.com' }

const reading = (exceptions: string) => ({ lab: { readings: { exceptions } } })

const excepted = 'bypass exception-host $.names[0]'

const READINGS: readonly Case[] = [
  ['table: *.x covers what is below x', '2.4 table', wild, below, excepted],
  ['table: at any depth', '2.4 table', wild, deep, excepted],
  ['table: and not x', '2.4 table', wild, root, tunnelled],
  ['table: x covers x', '2.4 table', plain, root, excepted],
  ['table: and not what is below', '2.4 table', plain, below, tunnelled],
  ['root-too: *.x covers x as well', '2.4 prose', { ...wild, ...reading('root-too') }, root, excepted],
  ['root-too: and all below', '2.4 prose', { ...wild, ...reading('root-too') }, deep, excepted],
  ['root-too: x stays x', '2.4', { ...plain, ...reading('root-too') }, below, tunnelled],
  ['root-too: ends at a label', '2.4', { ...wild, ...reading('root-too') }, look, tunnelled],
  ['text-suffix: x covers what ends so', '2.4 sentence', { ...plain, ...reading('text-suffix') }, below, excepted],
  ['text-suffix: also in mid-label', '2.4 sentence', { ...plain, ...reading('text-suffix') }, look, excepted],
  ['text-suffix: *.x keeps its dot', '2.4', { ...wild, ...reading('text-suffix') }, look, tunnelled],
  ['text-suffix: so that x is not covered', '2.4', { ...wild, ...reading('text-suffix') }, root, tunnelled],
  [
    'text-suffix: another end',
    '2.4',
    { ...plain, ...reading('text-suffix') },
    { host: 'example.com.evil.test' },
    tunnelled,
  ],
]

testDecisions('the readings of domain exceptions', READINGS)
