// Pure: the operating systems that lists and rules may be for.

/** Their names, as steerlab.json and nsbypass.json have them. */
export const OPERATING_SYSTEMS = ['windows', 'macos', 'linux'] as const

/** One of them. */
export type OperatingSystem = (typeof OPERATING_SYSTEMS)[number]
