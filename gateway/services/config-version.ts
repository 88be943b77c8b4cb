// Pure: how versions of a tenant's configuration are named. `config_version` is a UTC time with microseconds, such as
// `2025-03-05 14:01:01.629725` (client-behaviour 1.1); the same with a `T` for the space is the version's id, which is
// easier to type and to name a directory with. Both sort as text in the order of time.

const VERSION_ID = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/

/** Characters of a time in ISO form down to the millisecond, `2025-03-05T14:01:01.629`. */
const TO_THE_MILLISECOND = 23

/** Whether a text names a version. */
export function isVersionId(text: string): boolean {
  return VERSION_ID.test(text) && !Number.isNaN(Date.parse(`${text.slice(0, TO_THE_MILLISECOND)}Z`))
}

/** The id of what is published at `now`: always after `last`, the newest before, also when the clock was set back. */
export function nextVersionId(now: Date, last: string | undefined): string {
  const time = now.getTime() * 1000
  return idOf(last === undefined ? time : Math.max(time, microseconds(last) + 1))
}

/** `config_version` as the service tells it. */
export function configVersionOf(id: string): string {
  return id.replace('T', ' ')
}

function microseconds(id: string): number {
  return Date.parse(`${id.slice(0, TO_THE_MILLISECOND)}Z`) * 1000 + Number(id.slice(TO_THE_MILLISECOND))
}

function idOf(time: number): string {
  const millisecond = new Date(Math.floor(time / 1000)).toISOString().slice(0, TO_THE_MILLISECOND)
  return millisecond + String(time % 1000).padStart(3, '0')
}
