// Pure: one line of nsdebuglog.log as data, both ways. The grammar, found in no document and held by all public lines:
//
//   2024/04/28 11:02:28.408 stAgentSvc p17fc tb44 info bypassAppMgr.cpp:669 BypassAppMgr Bypassing connection ...
//   time                    process    pid   tid  level file:line           component    message

import { detached } from './detached.js'

/** How severe; clients before R91 print the number (release notes of R91). */
export type Level = 'critical' | 'error' | 'warning' | 'info' | 'debug'

/** The levels by the number old clients print: LEVELS[n - 1] is level n. */
export const LEVELS: readonly Level[] = ['critical', 'error', 'warning', 'info', 'debug']

/** One line. */
export interface LogRecord {
  /** Microseconds from 1970-01-01 00:00:00 to the local wall clock's reading, as if that reading were UTC: the log names no zone. */
  readonly time: number
  /** The process column, e.g. `stAgentSvc`. */
  readonly process: string
  readonly pid: number
  readonly tid: number
  readonly level: Level
  /** Base name of the source file, e.g. `tunnel.cpp`. */
  readonly file: string
  readonly line: number
  /** One word, e.g. `nsTunnel`. */
  readonly component: string
  readonly message: string
}

/** How a platform and release writes lines. */
export interface LineStyle {
  /** Digits after the second: 3 on Windows, 6 on macOS. */
  readonly precision: 3 | 6
  readonly levels: 'number' | 'word'
  readonly eol: '\r\n' | '\n' | ''
}

/** A line read: the record, and the style that gives the line back. */
export interface ParsedLine {
  readonly record: LogRecord
  readonly style: LineStyle
}

/** The line of a record. Microseconds beyond the style's precision are cut, not rounded. */
export function formatRecord(record: LogRecord, style: LineStyle): string {
  const { process, pid, tid, file, line, component, message } = record
  const level = style.levels === 'word' ? record.level : LEVELS.indexOf(record.level) + 1
  const stamp = formatTime(record.time, style.precision)
  return `${stamp} ${process} p${pid.toString(16)} t${tid.toString(16)} ${level} ${file}:${line} ${component} ${message}${style.eol}`
}

/** Why a line is no record. */
export type UnreadableReason =
  /** Nothing on it. */
  | 'empty'
  /** It does not begin with a time: another log's, or the rest of a line that was torn. */
  | 'no-stamp'
  /** It begins as a record and ends before its message. */
  | 'truncated'
  /** A date or time that does not exist. */
  | 'bad-time'
  /** A column is not what it must be. */
  | 'bad-column'
  /** A second time stands in it: two writers wrote at once. */
  | 'interleaved'

/** A line that is no record, and why. */
export interface Unreadable {
  readonly reason: UnreadableReason
}

const DAY = /^\d{4}\/\d\d\/\d\d $/
const SECOND_STAMP = /\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\.\d{3}/
const COLUMNS =
  /^(\S+) p(0|[1-9a-f][0-9a-f]{0,7}) t(0|[1-9a-f][0-9a-f]{0,7}) ([1-5]|debug|info|warning|error|critical) (\w+\.(?:cpp|mm)):(0|[1-9]\d{0,8}) (\S+)$/

/** Columns between time and message, which thousands of lines share. */
type Columns = Omit<LogRecord, 'time' | 'message'> & {
  readonly levels: LineStyle['levels']
  /** As they stand in the line, with the space behind them. */
  readonly text: string
}

/** Longest message that is searched for a second stamp, UTF-16 units: the rest could not be a message's. */
const SEARCHED = 8192

/** Reads one line, with or without its line ending. Never throws; linear in the line. */
export function parseRecord(text: string): ParsedLine | Unreadable {
  const eol = text.endsWith('\n') ? (text.endsWith('\r\n') ? '\r\n' : '\n') : ''
  const line = eol === '' ? text : text.slice(0, -eol.length)
  const parsed = parseLine(line, eol)
  return 'record' in parsed && line.includes('\n') ? { reason: 'interleaved' } : parsed
}

/** As `parseRecord`, for a line that is already cut from its ending and has no `\n` in it. */
export function parseLine(line: string, eol: LineStyle['eol']): ParsedLine | Unreadable {
  if (line.length === 0) return { reason: 'empty' }
  const precision = line.charCodeAt(23) === SPACE ? 3 : 6
  const fraction = fractionOf(line, precision)
  const seconds = fraction === undefined ? undefined : secondsOf(line)
  if (fraction === undefined || seconds === undefined)
    return { reason: line.length <= LONGEST_STAMP && STAMP_BEGUN.test(line) ? 'truncated' : 'no-stamp' }
  const begin = 21 + precision
  const alike = line.startsWith(lastColumns.text, begin)
  const end = alike ? begin + lastColumns.text.length - 1 : endOfColumns(line, begin)
  if (end < 0) return { reason: 'truncated' }
  const columns = alike ? lastColumns : columnsOf(line.slice(begin, end))
  if (columns === undefined) return { reason: 'bad-column' }
  lastColumns = columns
  if (Number.isNaN(seconds)) return { reason: 'bad-time' }
  const message = line.slice(end + 1)
  if (message.includes('/') && SECOND_STAMP.test(message.slice(0, SEARCHED))) return { reason: 'interleaved' }
  const { process, pid, tid, level, levels, file, line: place, component } = columns
  const time = seconds * 1e6 + fraction
  return {
    record: { time, process, pid, tid, level, file, line: place, component, message },
    style: { precision, levels, eol },
  }
}

/** `2024/04/28 11:02:28.408123`, in UTF-16 units. */
const LONGEST_STAMP = 26

/** Begins as a stamp and ends within it. */
const STAMP_BEGUN = /^\d{4}(?:\/[\d/: .]{0,22})?$/

const SPACE = 0x20
const DOT = 0x2e
const ZERO = 0x30
const COLON = 0x3a

/** Microseconds behind the second, undefined where no `.123 ` or `.123456 ` stands. */
function fractionOf(text: string, precision: 3 | 6): number | undefined {
  if (text.charCodeAt(19) !== DOT || text.charCodeAt(20 + precision) !== SPACE) return undefined
  let value = 0
  for (let i = 20; i < 20 + precision; i++) {
    const digit = text.charCodeAt(i) - ZERO
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  return precision === 6 ? value : value * 1000
}

/** Where the space before the message stands: the sixth from `begin`; -1 if there is none. */
function endOfColumns(text: string, begin: number): number {
  let at = begin - 1
  for (let column = 0; column < 6; column++) {
    at = text.indexOf(' ', at + 1)
    if (at < 0) return -1
  }
  return at
}

/** Known columns by their text; emptied when a hostile file has too many. */
const knownColumns = new Map<string, Columns>()
const MAX_KNOWN_COLUMNS = 20_000

/** Those of the line before: most lines have the same. Until there is one, none: no line begins with a space. */
let lastColumns: Columns = {
  process: '',
  pid: 0,
  tid: 0,
  level: 'info',
  levels: 'word',
  file: '',
  line: 0,
  component: '',
  text: '  ',
}

function columnsOf(text: string): Columns | undefined {
  const known = knownColumns.get(text)
  if (known !== undefined) return known
  const found = COLUMNS.exec(text)
  if (found === null) return undefined
  const [, process = '', pid = '', tid = '', level = '', file = '', line = '', component = ''] = found.map(detached)
  const numbered = LEVELS[Number(level) - 1]
  const columns: Columns = {
    process,
    pid: Number.parseInt(pid, 16),
    tid: Number.parseInt(tid, 16),
    level: numbered ?? (level as Level),
    levels: numbered === undefined ? 'word' : 'number',
    file,
    line: Number(line),
    component,
    text: detached(`${text} `),
  }
  if (knownColumns.size >= MAX_KNOWN_COLUMNS) knownColumns.clear()
  knownColumns.set(detached(text), columns)
  return columns
}

// Thousands of lines share a second, and formatting it costs more than the rest of the line.
let lastSecond = Number.NaN
let lastSecondText = ''

function formatTime(time: number, precision: 3 | 6): string {
  const second = Math.floor(time / 1e6)
  if (second !== lastSecond) {
    lastSecond = second
    lastSecondText = formatSecond(second)
  }
  const fraction = String(Math.floor(time) - second * 1e6).padStart(6, '0')
  return `${lastSecondText}.${precision === 6 ? fraction : fraction.slice(0, 3)}`
}

/** `2024/04/28 11:02:28` */
function formatSecond(second: number): string {
  const iso = new Date(second * 1000).toISOString()
  return `${iso.slice(0, 10).replaceAll('-', '/')} ${iso.slice(11, 19)}`
}

/** Microseconds are whole numbers up to here, in the year 2255. */
const MAX_SECONDS = Number.MAX_SAFE_INTEGER / 1e6 - 86_400

// The other way round: the day read last, and its beginning in seconds, NaN for one that does not exist.
let lastDay = 'none'
let lastDaySeconds = Number.NaN

/** Seconds of the stamp a line begins with, NaN for a date or time that does not exist; undefined where none stands. */
function secondsOf(line: string): number | undefined {
  if (!line.startsWith(lastDay)) {
    const day = line.slice(0, 11)
    if (!DAY.test(day)) return undefined
    lastDay = detached(day)
    const seconds = Date.parse(`${day.slice(0, 10).replaceAll('/', '-')}T00:00:00Z`) / 1000
    // Date.parse takes February 30 for March 1.
    const exists = seconds < MAX_SECONDS && formatSecond(seconds).startsWith(day)
    lastDaySeconds = exists ? seconds : Number.NaN
  }
  const hours = digitPair(line, 11)
  const minutes = digitPair(line, 14)
  const seconds = digitPair(line, 17)
  if (line.charCodeAt(13) !== COLON || line.charCodeAt(16) !== COLON) return undefined
  if (hours < 0 || minutes < 0 || seconds < 0) return undefined
  if (hours > 23 || minutes > 59 || seconds > 59) return Number.NaN
  return lastDaySeconds + hours * 3600 + minutes * 60 + seconds
}

/** The number two digits make, -1 where they are none. */
function digitPair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO
  const ones = text.charCodeAt(at + 1) - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}
