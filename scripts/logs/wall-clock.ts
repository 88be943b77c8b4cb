/** How a log's times are shown to people and spreadsheets, still without a zone. */

import { isoTime } from '../../agent/log/iso-time.js'

/** `2024-05-04 12:51:41.228` of a time in microseconds (LogRecord.time), cut after the milliseconds. */
export function wallClock(time: number): string {
  return isoTime(time).slice(0, 23).replace('T', ' ')
}
