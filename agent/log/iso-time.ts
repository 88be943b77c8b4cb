// Pure: a log's times outside the log, for programs: ISO 8601 without a zone, because the log names none.

/** `2026-11-02T08:03:11.123456` of a time in microseconds (LogRecord.time). */
export function isoTime(time: number): string {
  const second = Math.floor(time / 1e6)
  const fraction = String(Math.floor(time) - second * 1e6).padStart(6, '0')
  return `${new Date(second * 1000).toISOString().slice(0, 19)}.${fraction}`
}
