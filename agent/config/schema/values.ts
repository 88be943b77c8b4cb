// Pure: the kinds of values the client's files hold. Every schema carries, as its one error message, what is allowed
// there; the loader adds file, line, path and what was found.

import * as z from 'zod'

/** A string that passes `test`; `allowed` says in words which do. */
export function textThat(allowed: string, test: (text: string) => boolean) {
  return z.string({ error: allowed }).refine(test, { error: allowed })
}

/** Any string. */
export const text = z.string({ error: 'a string' })

/** A string that is not empty. */
export const name = textThat('a string that is not empty', (value) => value !== '')

/** true or false without quotes: rare in these files, see `flag`. */
export const truth = z.boolean({ error: 'true or false, without quotes' })

/** A switch. The real files spell it as a string, by key `"true"` or `"1"`; read it with `isOn`. */
export const flag = z.enum(['true', 'false', '1', '0'], { error: '"true", "false", "1" or "0", in quotes' })

/** Whether a switch is on; an absent one is off. */
export function isOn(value: z.infer<typeof flag> | undefined): boolean {
  return value === 'true' || value === '1'
}

/** A number spelt as a string; the empty string stands for "not set". */
export const digits = textThat('a number in quotes', (value) => /^\d*$/.test(value))

/** A whole number, not negative. */
export const count = z.int({ error: 'a whole number from 0' }).min(0, { error: 'a whole number from 0' })

const PORT = 'a port, 1 to 65535'

/** A port number. */
export const port = z.int({ error: PORT }).min(1, { error: PORT }).max(65535, { error: PORT })

/** A list of one kind of values. */
export function listOf<T extends z.ZodType>(item: T, allowed: string) {
  return z.array(item, { error: allowed })
}

/** An object with these keys; keys we do not know are kept, as the real files have many. */
export function objectOf<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.looseObject(shape, { error: 'an object' })
}

/** What every downloaded file says about itself. */
export const envelope = {
  status: z.literal('success', { error: '"success"' }).optional(),
  steering_config_name: text.optional(),
}
