/** How a log's times are shown outside a log: so that people and spreadsheets read them, and still without a zone. */

/** `2024-05-04 12:51:41.228` of a time in microseconds (LogRecord.time), cut after the milliseconds. */
export function wallClock(time: number): string {
  return new Date(Math.floor(time / 1000)).toISOString().slice(0, 23).replace('T', ' ')
}
