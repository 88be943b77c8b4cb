// Pure: one line of nsdebuglog.log as data, both ways. The grammar, found in no document and held by all public lines:
//
//   2024/04/28 11:02:28.408 stAgentSvc p17fc tb44 info bypassAppMgr.cpp:669 BypassAppMgr Bypassing connection ...
//   time                    process    pid   tid  level file:line           component    message

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

const LINE =
  /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d)\.(\d{3}|\d{6}) (\S+) p(0|[1-9a-f][0-9a-f]{0,7}) t(0|[1-9a-f][0-9a-f]{0,7}) ([1-5]|debug|info|warning|error|critical) (\w+\.(?:cpp|mm)):(0|[1-9]\d{0,8}) (\S+) ([^\n]*?)(\r?\n)?$/

/** Reads one line, with or without its line ending; undefined for what no client would have written. */
export function parseRecord(text: string): ParsedLine | undefined {
  const found = LINE.exec(text)
  if (found === null) return undefined
  const [, second = '', fraction = '', process = '', pid = '', tid = '', level = '', file = '', line = ''] = found
  const [, , , , , , , , , component = '', message = '', eol = ''] = found
  const seconds = parseSecond(second)
  const numbered = LEVELS[Number(level) - 1]
  if (seconds === undefined) return undefined
  return {
    record: {
      time: seconds * 1e6 + Number(fraction.padEnd(6, '0')),
      process,
      pid: Number.parseInt(pid, 16),
      tid: Number.parseInt(tid, 16),
      level: numbered ?? (level as Level),
      file,
      line: Number(line),
      component,
      message,
    },
    style: {
      precision: fraction.length === 3 ? 3 : 6,
      levels: numbered === undefined ? 'word' : 'number',
      eol: eol as LineStyle['eol'],
    },
  }
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

/** Seconds since 1970, undefined for a date or time that does not exist. */
function parseSecond(text: string): number | undefined {
  const milliseconds = Date.parse(`${text.replaceAll('/', '-').replace(' ', 'T')}Z`)
  const seconds = milliseconds / 1000
  // Date.parse takes February 30 for March 1.
  return Number.isNaN(seconds) || formatSecond(seconds) !== text ? undefined : seconds
}
